import { readFileSync } from 'node:fs';

import type { Route } from './doors.spec-support.js';

export const callers = ['nobody', 'channel', 'importer', 'department', 'operator'] as const;
export type CallerKind = (typeof callers)[number];

/** `own`: what belongs to the department that the key is for. */
export const rights = ['yes', 'no', 'own'] as const;
export type Right = (typeof rights)[number];

export interface AccessLine extends Route {
  readonly rights: Readonly<Record<CallerKind, Right>>;
}

const heading = '## Who may call what';
const linePattern = /^\| `(GET|POST|PUT|PATCH|DELETE) (\/\S*)` +\|(.*)\|$/;

const isRight = (cell: string): cell is Right => rights.some((right) => right === cell);

const lineOf = (row: string): AccessLine => {
  const [, method = '', path = '', cells = ''] = linePattern.exec(row) ?? [];
  const given = cells.split('|').map((cell) => cell.trim());
  if (method === '' || given.length !== callers.length || !given.every(isRight))
    throw new Error(`not a route with one of ${rights.join(', ')} for each caller: ${row}`);
  const right = Object.fromEntries(callers.map((caller, at) => [caller, given[at]]));
  return { method, path, rights: right as AccessLine['rights'] };
};

/** The lines of the table in this service's README. @throws Error  a row that cannot be read, or none */
export const readAccess = (): readonly AccessLine[] => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const section = readme.split(`${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const [head = '', , ...rows] = section.split('\n').filter((line) => line.startsWith('|'));
  const columns = head.split('|').map((cell) => cell.trim());
  if (columns.slice(2, -1).join() !== callers.join())
    throw new Error(`columns must be ${callers.join(', ')}, not ${head}`);
  return rows.map(lineOf);
};

export const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
