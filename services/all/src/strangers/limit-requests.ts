import type { FastifyInstance, FastifyRequest } from 'fastify';

import { bearerOf, clientPassHeader, isOpen311, presented, type Logger } from '@city311/platform';

import { plainAddress } from './addresses.js';
import { clientAddress } from './client-address.js';
import type { RateLimiter } from './rate-limiter.js';

/** Asked by machines of the operators, every few seconds from one address. */
const unlimited = /^\/health\//;

const joined = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'string' || header === undefined ? header : header.join(',');

/** Open311's own place for a key. */
const keyInForm = (body: unknown): string | undefined => {
  if (typeof body !== 'object' || body === null || !('api_key' in body)) return undefined;
  const { api_key: key } = body;
  const one: unknown = Array.isArray(key) ? key[0] : key;
  return typeof one === 'string' && one !== '' ? one : undefined;
};

/** Every request is counted before anything of it is worked on; what the key turned out to be is kept for the guard. */
export const limitRequests = (
  fastify: FastifyInstance,
  limiter: RateLimiter,
  isTrusted: (address: string) => boolean,
  logger: Pick<Logger, 'warn'>,
): void => {
  let warned = false;
  const addressOf = ({ headers, raw }: FastifyRequest): string =>
    clientAddress(
      raw.socket.remoteAddress,
      { xForwardedFor: joined(headers['x-forwarded-for']), forwarded: joined(headers.forwarded) },
      isTrusted,
    );
  fastify.addHook('onRequest', async (request) => {
    if (unlimited.test(request.routeOptions.url ?? '')) return;
    const { headers, raw } = request;
    const peer = raw.socket.remoteAddress;
    if (!warned && headers['x-forwarded-for'] !== undefined && !isTrusted(plainAddress(peer ?? '') ?? '')) {
      warned = true;
      logger.warn(
        'requests come with X-Forwarded-For from an address that TRUSTED_PROXIES does not name: all behind it count as one',
      );
    }
    const caller = await limiter.admit({
      address: addressOf(request),
      key: bearerOf(headers.authorization),
      pass: joined(headers[clientPassHeader]),
    });
    if (caller !== undefined) presented.set(request, caller);
  });
  // A key within a body has the limits of one in a header.
  fastify.addHook('preValidation', async (request) => {
    const key = isOpen311(request) && !presented.has(request) ? keyInForm(request.body) : undefined;
    if (key !== undefined)
      presented.set(request, await limiter.admitInForm({ address: addressOf(request), key }));
  });
};
