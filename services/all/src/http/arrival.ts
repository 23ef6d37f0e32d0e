import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import type { FastifyInstance, FastifyRequest } from 'fastify';

import { problem } from '@city311/platform';

import { securityHeaders } from './security-headers.js';

/** A connection on which nothing moves in either direction: longer than any long poll waits. */
const silentMs = 120_000;

const statusOf = ({ code }: { readonly code?: string }): number =>
  code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;

/** What is no request yet has no door whose form its answer could have. */
const answerBrokenRequest = (error: Error & { readonly code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = statusOf(error);
  const title = status === 408 ? 'The request took too long to arrive' : 'The request cannot be read';
  const body = JSON.stringify({ type: 'urn:city311:problem:bad-request', title, status });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    ...Object.entries(securityHeaders(undefined)).map(([name, value]) => `${name}: ${value}`),
  ];
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
};

/** Of the server itself: heads that come too slowly, and whatever the hook below does not see. */
export const serverTimeouts = (arrivalMs: number, keepAliveMs: number) => ({
  requestTimeout: arrivalMs + 5_000,
  connectionTimeout: silentMs,
  keepAliveTimeout: keepAliveMs,
  http: { headersTimeout: arrivalMs, connectionsCheckingInterval: 5_000 },
  clientErrorHandler: answerBrokenRequest,
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
