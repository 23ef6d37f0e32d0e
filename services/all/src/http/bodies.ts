import { parse as parseForm } from 'node:querystring';

import type { FastifyInstance } from 'fastify';

const maxDepth = 32;
const decoder = new TextDecoder('utf-8', { fatal: true });

class BodyError extends Error {
  readonly statusCode = 400;
}

/** Whether a text has more than `limit` of these characters. */
const hasMoreThan = (limit: number, character: string, text: string): boolean => {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) {
    count += 1;
    if (count > limit) return true;
  }
  return false;
};

/** Nesting of a JSON text, counted outside its strings; stops as soon as it is too deep. */
const isTooDeep = (text: string): boolean => {
  // Nearly every text has too few brackets to be deep.
  if (!hasMoreThan(maxDepth / 2, '{', text) && !hasMoreThan(maxDepth / 2, '[', text)) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 92) at += 1;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 123 || code === 91) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (code === 125 || code === 93) depth -= 1;
  }
  return false;
};

/** @throws BodyError  not UTF-8, not JSON, or nested too deeply */
export const parseJsonBody = (body: Buffer): unknown => {
  let text: string;
  try {
    text = decoder.decode(body);
  } catch {
    throw new BodyError('the body is not UTF-8');
  }
  if (isTooDeep(text)) throw new BodyError(`the body is nested more than ${maxDepth} levels deep`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BodyError('the body is not JSON');
  }
};

/** @throws BodyError  not UTF-8 */
const parseFormBody = (body: Buffer): unknown => {
  try {
    return parseForm(decoder.decode(body), undefined, undefined, { maxKeys: 500 });
  } catch {
    throw new BodyError('the body is not UTF-8');
  }
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
        done(new BodyError(`the body must be UTF-8, not ${charset}`));
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
