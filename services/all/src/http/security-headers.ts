import type { Server } from 'node:http';

/** Two years. */
const hstsSeconds = 63_072_000;

/**
 * Headers of every answer, whoever gives it. Answers are data, not pages: nothing in them may run, load or be framed,
 * and no cache on the way keeps them, because most hold a person's words, a secret, or what staff see. A page, or an
 * answer that caches may keep, says so itself by setting the header anew. No other origin's script may read an answer:
 * there is no `Access-Control-Allow-Origin`.
 * @param publicUrl  where it begins with https://, browsers are told to come by nothing else
 */
export const securityHeaders = (publicUrl: string | undefined): Readonly<Record<string, string>> => ({
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  ...(publicUrl?.startsWith('https://') === true
    ? { 'strict-transport-security': `max-age=${hstsSeconds}` }
    : {}),
});

/** Puts the headers on every answer of a server, before anybody else looks at the request. */
export const secureAnswers = (server: Server, headers: Readonly<Record<string, string>>): void => {
  const all = Object.entries(headers);
  server.prependListener('request', (_request, response) => {
    for (const [name, value] of all) response.setHeader(name, value);
  });
};
