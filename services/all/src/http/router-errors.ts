import type { ServerResponse } from 'node:http';

import { problemOf } from '@city311/platform';

/** What the router itself refuses before any controller sees it (an address that cannot be decoded, or is too long). */
export const answerRouterError = (
  error: Error,
  _request: unknown,
  reply: { hijack(): unknown; readonly raw: Pick<ServerResponse, 'writeHead' | 'end'> },
): void => {
  // The router's own words repeat the address.
  const answer = { ...problemOf(error), detail: 'the address of the request cannot be read' };
  reply.hijack();
  reply.raw.writeHead(answer.status, { 'content-type': 'application/problem+json; charset=utf-8' });
  reply.raw.end(JSON.stringify(answer));
};
