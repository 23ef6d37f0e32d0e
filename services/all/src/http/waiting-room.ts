import type { RequestListener } from 'node:http';

import { errorAnswer } from '@city311/platform';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const answerOf = (path: string, accept: string | undefined): Answer => {
  if (path === '/health/live') return { status: 200, type: 'application/json', body: '{"live":true}' };
  if (path === '/health/ready') return { status: 503, type: 'application/json', body: '{"ready":false}' };
  const title = 'The system is starting; try again shortly';
  const answer = { type: 'urn:city311:problem:not-now', title, status: 503 };
  const { contentType, body } = errorAnswer({ url: path, accept }, answer);
  return { status: 503, type: contentType, body };
};

/** Answers while the engines are not open yet: alive, not ready, and everything else later. */
export const waitingRoom: RequestListener = (request, response) => {
  const { status, type, body } = answerOf(request.url ?? '', request.headers.accept);
  response.writeHead(status, { 'content-type': type, connection: 'close', 'retry-after': '2' });
  response.end(body);
};
