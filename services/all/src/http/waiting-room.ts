import { createServer } from 'node:http';

import { errorAnswer } from '@city311/platform';

import { answerBrokenRequest, answerExpectations } from './broken-requests.js';
import { secureAnswers } from './security-headers.js';

/** Answers while the engines are not open yet: alive, not ready, and everything else later. */
export interface WaitingRoom {
  close(): Promise<void>;
}

const answerOf = (
  path: string,
  accept: string | undefined,
): { readonly status: number; readonly type: string; readonly body: string } => {
  if (path === '/health/live') return { status: 200, type: 'application/json', body: '{"live":true}' };
  if (path === '/health/ready') {
    return { status: 503, type: 'application/json', body: '{"ready":false}' };
  }
  const title = 'The system is starting; try again shortly';
  const answer = { type: 'urn:city311:problem:not-now', title, status: 503 };
  const { contentType, body } = errorAnswer({ url: path, accept }, answer);
  return { status: 503, type: contentType, body };
};

/** @throws Error  the port is taken */
export const openWaitingRoom = async (
  port: number,
  host: string,
  headers: Readonly<Record<string, string>>,
): Promise<WaitingRoom> => {
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    const { status, type, body } = answerOf(request.url ?? '', request.headers.accept);
    response.writeHead(status, { 'content-type': type, connection: 'close', 'retry-after': '2' });
    response.end(body);
  });
  server.on('clientError', answerBrokenRequest);
  answerExpectations(server);
  secureAnswers(server, headers);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
