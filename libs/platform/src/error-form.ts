import XMLBuilder from 'fast-xml-builder';

import type { Problem } from './problem.js';
import { carriable } from './text-rules.js';

/** One line of Open311's error form. */
export interface Open311Error {
  readonly code: number;
  readonly description: string;
}

export type Open311Format = 'json' | 'xml';

export interface ErrorAnswer {
  readonly contentType: string;
  readonly body: string;
}

/** What a request shows of how it wants to be answered. */
export interface Asking {
  /** As it stands in the request line: a path with its query, or to a proxy the whole address. */
  readonly url: string;
  readonly accept?: string | undefined;
}

const builder = new XMLBuilder({ format: false });

const pathOf = ({ url }: Asking): string => url.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? '';

export const isOpen311 = (asking: Asking): boolean => /^\/open311(?:[./]|$)/.test(pathOf(asking));

/** As the address ends, else XML where it is asked for and JSON is not, else JSON. */
export const open311Format = (asking: Asking): Open311Format => {
  const ending = /\.(json|xml)$/.exec(pathOf(asking))?.[1];
  if (ending !== undefined) return ending === 'xml' ? 'xml' : 'json';
  const accept = asking.accept?.toLowerCase() ?? '';
  return accept.includes('xml') && !accept.includes('json') && !accept.includes('html') ? 'xml' : 'json';
};

/** Open311's error form: a JSON array, or `<errors><error>…` in XML. */
export const open311Errors = (format: Open311Format, errors: readonly Open311Error[]): ErrorAnswer =>
  format === 'json'
    ? { contentType: 'application/json; charset=utf-8', body: JSON.stringify(errors) }
    : {
        contentType: 'text/xml; charset=utf-8',
        body: `<?xml version="1.0" encoding="utf-8"?>${carriable(builder.build({ errors: { error: errors } }))}`,
      };

const linesOf = ({ status, title, detail, faults = [] }: Problem): readonly Open311Error[] =>
  faults.length === 0
    ? [{ code: status, description: detail === undefined ? title : `${title}: ${detail}` }]
    : faults.map(({ path, message }) => ({
        code: status,
        description: path === '' ? message : `${path} ${message}`,
      }));

/** How a door says no, whatever went wrong on the way to it: `problem+json`, under `/open311` the form of that standard. */
export const errorAnswer = (asking: Asking, answer: Problem): ErrorAnswer =>
  isOpen311(asking)
    ? open311Errors(open311Format(asking), linesOf(answer))
    : { contentType: 'application/problem+json; charset=utf-8', body: JSON.stringify(answer) };
