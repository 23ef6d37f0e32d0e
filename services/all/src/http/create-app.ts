import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

import { clientPassKey, type Engines } from '@city311/platform';

import { AppModule } from '../app.module.js';
import type { Config } from '../config.js';
import { KeyRefusals } from '../keys/key-refusals.js';
import { watchedKeys } from '../keys/watched-keys.js';
import { nestLogger } from '../nest-logger.js';
import type { Readiness } from '../readiness.js';
import { inNetworks } from '../strangers/addresses.js';
import { limitRequests } from '../strangers/limit-requests.js';
import { RateLimiter } from '../strangers/rate-limiter.js';
import type { BackgroundWork } from '../threads/background-work.js';
import { limitArrival, serverTimeouts } from './arrival.js';
import { takeBodies } from './bodies.js';
import { boundBodies } from './bound-bodies.js';
import { answerExpectations } from './broken-requests.js';
import { hearOutLargeBodies } from './large-bodies.js';
import type { Metrics } from './metrics.js';
import { refuseDoubleMeanings } from './one-meaning.js';
import { answerRouterError } from './router-errors.js';
import { secureAnswers, securityHeaders } from './security-headers.js';
import { traceRequests } from './trace-requests.js';

export interface AppParts {
  readonly config: Config;
  readonly engines: Engines;
  readonly readiness: Readiness;
  readonly background: BackgroundWork;
  readonly metrics: Metrics;
}

const countAnswers = (app: NestFastifyApplication, metrics: Metrics): void => {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (request, reply, done) => {
      metrics.answered(
        request.method,
        request.routeOptions.url ?? 'none',
        reply.statusCode,
        reply.elapsedTime / 1000,
      );
      done();
    });
};

/** All doors that TARGET names, and what every request goes through before it comes to one; not listening yet. */
export const createApp = async (parts: AppParts): Promise<NestFastifyApplication> => {
  const { config, readiness, background, metrics } = parts;
  const { logger, clock } = parts.engines;
  const refusals = new KeyRefusals((reason) => {
    metrics.keyRefused(reason);
  }, logger);
  const engines = { ...parts.engines, apiKeys: watchedKeys(parts.engines.apiKeys, clock, refusals) };
  const adapter = new FastifyAdapter({
    bodyLimit: config.BODY_LIMIT_BYTES,
    ...serverTimeouts(config.REQUEST_TIMEOUT_MS, config.KEEP_ALIVE_TIMEOUT_MS),
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: answerRouterError,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.http(config, engines, readiness, background, () => {
      refusals.count('role');
    }),
    adapter,
    { logger: nestLogger(logger), abortOnError: false, bodyParser: false },
  );
  const fastify = adapter.getInstance();
  secureAnswers(fastify.server, securityHeaders(config.PUBLIC_URL));
  answerExpectations(fastify.server);
  traceRequests(fastify);
  const limiter = new RateLimiter({
    limits: config.RATE_LIMITS,
    keys: engines.apiKeys,
    clock,
    passKey: clientPassKey(engines.vault),
    onLimited: (limit) => {
      metrics.limited(limit);
    },
  });
  limitRequests(fastify, limiter, inNetworks(config.TRUSTED_PROXIES), logger);
  refuseDoubleMeanings(fastify);
  boundBodies(fastify, config.BODY_LIMIT_BYTES);
  limitArrival(fastify, config.REQUEST_TIMEOUT_MS);
  takeBodies(fastify);
  hearOutLargeBodies(fastify, config.BODY_LIMIT_BYTES);
  countAnswers(app, metrics);
  return app;
};
