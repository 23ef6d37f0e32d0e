import { parse as parseForm } from 'node:querystring';

import type { FastifyInstance } from 'fastify';

import { problem, type ProblemException } from '@city311/platform';

import { countMembers, repeatedMember, sizeOfJson } from './json-size.js';

/** Parameters of a form. */
const maxParameters = 500;
const plus = 43;
const blank = 32;
const decoder = new TextDecoder('utf-8', { fatal: true });

const refusal = (detail: string): ProblemException =>
  problem(400, 'bad-request', 'The request cannot be read', { detail });
const fault = (path: string, message: string): ProblemException =>
  problem(400, 'invalid', 'The request has faults', { faults: [{ path, message }] });
/** As a batch of more than its own limit is answered. */
const tooLong = (path: string, message: string): ProblemException =>
  problem(413, 'too-large', 'The request holds too much', { faults: [{ path, message }] });

const textOf = (body: Buffer): string => {
  try {
    return decoder.decode(body);
  } catch {
    throw refusal('the body is not UTF-8');
  }
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refusal('the body is not JSON');
  }
};

/**
 * @throws ProblemException  400: not UTF-8, not JSON, more in it than anybody needs, or a member given twice; 413: a list
 *   that is longer than any batch
 */
export const parseJsonBody = (body: Buffer): unknown => {
  const text = textOf(body);
  const size = sizeOfJson(text);
  if ('tooMuch' in size) {
    const { of, path, message } = size.tooMuch;
    throw of === 'items' ? tooLong(path, message) : fault(path, message);
  }
  const value = parsed(text);
  // Which of two was meant, nobody knows; the last would win in silence.
  const repeated = countMembers(value) === size.members ? null : repeatedMember(text);
  if (repeated !== null) throw fault(repeated, 'is there twice');
  return value;
};

const isLongerThan = (limit: number, text: string, separator: string): boolean => {
  let at = -1;
  for (let count = 0; count < limit; count += 1) {
    at = text.indexOf(separator, at + 1);
    if (at < 0) return false;
  }
  return true;
};

/** Changes `body`. @throws ProblemException  400: not UTF-8, or more parameters than anybody needs */
export const parseFormBody = (body: Buffer): unknown => {
  // A plus is a blank. The parser would put a text together of them one by one, which fills the heap.
  for (let at = 0; at < body.length; at += 1) if (body[at] === plus) body[at] = blank;
  const text = textOf(body);
  if (isLongerThan(maxParameters, text, '&'))
    throw fault('', `must have at most ${maxParameters} parameters`);
  return parseForm(text, undefined, undefined, { maxKeys: 0 });
};

const jsonTypes = ['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json'];
const formTypes = ['application/x-www-form-urlencoded'];

/** The bodies that the services take: JSON of every kind, and forms; another charset than UTF-8 is refused. */
export const takeBodies = (fastify: FastifyInstance): void => {
  fastify.removeAllContentTypeParsers();
  const take = (types: string[], parse: (body: Buffer) => unknown): void => {
    fastify.addContentTypeParser(types, { parseAs: 'buffer' }, (request, body, done) => {
      const charset = /charset\s*=\s*"?([^\s;"]+)/i
        .exec(request.headers['content-type'] ?? '')?.[1]
        ?.toLowerCase();
      if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
        done(refusal(`the body must be UTF-8, not ${charset}`));
        return;
      }
      try {
        done(null, parse(body as Buffer));
      } catch (error) {
        done(error as Error);
      }
    });
  };
  take(jsonTypes, parseJsonBody);
  take(formTypes, parseFormBody);
};
