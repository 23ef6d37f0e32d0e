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
import { limitArrival } from './arrival.js';
import { takeBodies } from './bodies.js';
import { boundBodies } from './bound-bodies.js';
import { answerBrokenRequest } from './broken-requests.js';
import type { FrontDoor } from './front-door.js';
import { hearOutLargeBodies } from './large-bodies.js';
import type { Metrics } from './metrics.js';
import { refuseDoubleMeanings } from './one-meaning.js';
import { answerRouterError } from './router-errors.js';
import { traceRequests } from './trace-requests.js';

export interface AppParts {
  readonly config: Config;
  /** Where it is reached; nothing listens by itself. */
  readonly frontDoor: Pick<FrontDoor, 'lead'>;
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

/** All doors that TARGET names, and what every request goes through before it comes to one: behind the front door. */
export const createApp = async (parts: AppParts): Promise<NestFastifyApplication> => {
  const { config, frontDoor, readiness, background, metrics } = parts;
  const { logger, clock } = parts.engines;
  const refusals = new KeyRefusals((reason) => {
    metrics.keyRefused(reason);
  }, logger);
  const engines = { ...parts.engines, apiKeys: watchedKeys(parts.engines.apiKeys, clock, refusals) };
  const adapter = new FastifyAdapter({
    bodyLimit: config.BODY_LIMIT_BYTES,
    serverFactory: frontDoor.lead,
    clientErrorHandler: answerBrokenRequest,
    // What still arrives while the process ends is answered like everything before.
    return503OnClosing: false,
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
