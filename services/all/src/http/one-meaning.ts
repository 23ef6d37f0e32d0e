import type { IncomingMessage } from 'node:http';

import type { FastifyInstance } from 'fastify';

import { problem } from '@city311/platform';

/** Headers of which the first, the last or all together would count, and nobody said which. */
const single = /^(authorization|content-encoding|content-length|content-type|host|idempotency-key|ce-.+)$/;

/** Names of such headers that were sent more than once. */
const repeatedHeaders = ({ rawHeaders, headers }: IncomingMessage): readonly string[] => {
  if (rawHeaders.length === 2 * Object.keys(headers).length) return [];
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  return [...new Set(names.filter((name, index) => single.test(name) && names.indexOf(name) < index))];
};

/** What can be read in two ways is read in none: a header given twice is 400, as is a missing host; an encoded body 415. */
export const refuseDoubleMeanings = (fastify: FastifyInstance): void => {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const faults = repeatedHeaders(request.raw).map((path) => ({ path, message: 'must be sent once' }));
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1')
      faults.push({ path: 'host', message: 'must be sent' });
    if (faults.length > 0) {
      done(problem(400, 'invalid', 'The request has faults', { faults }));
      return;
    }
    const encoding = request.headers['content-encoding']?.trim().toLowerCase();
    if (encoding !== undefined && encoding !== '' && encoding !== 'identity') {
      const detail = 'bodies are taken as they are: leave content-encoding out';
      done(problem(415, 'content-encoding', 'This content encoding is not taken here', { detail }));
      return;
    }
    done();
  });
};
