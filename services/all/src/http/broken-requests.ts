import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';

import { securityHeaders } from './security-headers.js';

const statusOf = ({ code }: { readonly code?: string }): number =>
  code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;

/** What is no request yet has no door whose form its answer could have. */
export const answerBrokenRequest = (error: Error & { readonly code?: string }, socket: Socket): void => {
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

/** Expectations that are not known are passed over: Node would refuse them itself, past all headers and forms. */
export const answerExpectations = (server: Server): void => {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
};
