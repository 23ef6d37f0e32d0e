import type { ServerResponse } from 'node:http';

import { errorAnswer, problemOf } from '@city311/platform';

/** What the router itself refuses before any controller sees it (an address that cannot be decoded, or is too long). */
export const answerRouterError = (
  error: Error,
  request: { readonly url: string; readonly headers: { readonly accept?: string | undefined } },
  reply: { hijack(): unknown; readonly raw: Pick<ServerResponse, 'writeHead' | 'end'> },
): void => {
  // The router's own words repeat the address.
  const answer = { ...problemOf(error), detail: 'the address of the request cannot be read' };
  reply.hijack();
  const { contentType, body } = errorAnswer({ url: request.url, accept: request.headers.accept }, answer);
  reply.raw.writeHead(answer.status, { 'content-type': contentType });
  reply.raw.end(body);
};
