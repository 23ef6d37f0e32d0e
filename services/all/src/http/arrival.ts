import type { FastifyInstance, FastifyRequest } from 'fastify';

import { problem } from '@city311/platform';

import { patienceMs } from './bound-bodies.js';

/** A connection on which nothing moves in either direction: longer than any long poll waits. */
const silentMs = 120_000;

/** Of the server itself: heads that come too slowly, and whatever the hook below does not see. */
export const serverTimeouts = (arrivalMs: number, keepAliveMs: number) => ({
  requestTimeout: arrivalMs + patienceMs + 5_000,
  connectionTimeout: silentMs,
  keepAliveTimeout: keepAliveMs,
  // A request without a host is refused by a hook, in the form of its door.
  http: { headersTimeout: arrivalMs, connectionsCheckingInterval: 5_000, requireHostHeader: false },
});

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

/** A body that has not arrived whole within `arrivalMs` is answered with 408, and the connection closed. */
export const limitArrival = (fastify: FastifyInstance, arrivalMs: number): void => {
  const timers = new WeakMap<FastifyRequest, NodeJS.Timeout>();
  fastify.addHook('preParsing', (request, reply, _payload, done) => {
    if (hasBody(request) && !request.raw.complete)
      timers.set(
        request,
        setTimeout(() => {
          void reply.header('connection', 'close');
          // Whoever collects the body hears of it as of any other failure to arrive.
          request.raw.emit('error', problem(408, 'too-slow', 'The request took too long to arrive'));
        }, arrivalMs),
      );
    done();
  });
  const arrived = (request: FastifyRequest): void => {
    clearTimeout(timers.get(request));
  };
  fastify.addHook('preValidation', (request, _reply, done) => {
    arrived(request);
    done();
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    arrived(request);
    done();
  });
  fastify.addHook('onRequestAbort', (request, done) => {
    arrived(request);
    done();
  });
};
