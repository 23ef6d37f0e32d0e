import type { FastifyInstance } from 'fastify';

import { bearerOf, clientPassHeader, presented, type Logger } from '@city311/platform';

import { plainAddress } from './addresses.js';
import { clientAddress } from './client-address.js';
import type { RateLimiter } from './rate-limiter.js';

/** Asked by machines of the operators, every few seconds from one address. */
const unlimited = /^\/health\//;

const joined = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'string' || header === undefined ? header : header.join(',');

/** Every request is counted before anything of it is worked on; what the key turned out to be is kept for the guard. */
export const limitRequests = (
  fastify: FastifyInstance,
  limiter: RateLimiter,
  isTrusted: (address: string) => boolean,
  logger: Pick<Logger, 'warn'>,
): void => {
  let warned = false;
  fastify.addHook('onRequest', async (request) => {
    if (unlimited.test(request.routeOptions.url ?? '')) return;
    const { headers, raw } = request;
    const forwarding = {
      xForwardedFor: joined(headers['x-forwarded-for']),
      forwarded: joined(headers.forwarded),
    };
    const peer = raw.socket.remoteAddress;
    if (!warned && forwarding.xForwardedFor !== undefined && !isTrusted(plainAddress(peer ?? '') ?? '')) {
      warned = true;
      logger.warn(
        'requests come with X-Forwarded-For from an address that TRUSTED_PROXIES does not name: all behind it count as one',
      );
    }
    const caller = await limiter.admit({
      address: clientAddress(peer, forwarding, isTrusted),
      key: bearerOf(headers.authorization),
      pass: joined(headers[clientPassHeader]),
    });
    if (caller !== undefined) presented.set(request, caller);
  });
};
