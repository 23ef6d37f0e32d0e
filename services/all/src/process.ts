import 'reflect-metadata';

import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

import { LogTransport } from '@city311/messaging';
import { createLogger, type Logger } from '@city311/platform';

import { AppModule } from './app.module.js';
import type { Config } from './config.js';
import { openEmbeddedEngines } from './engines/embedded.js';
import { takeBodies } from './http/bodies.js';
import { hearOutLargeBodies } from './http/large-bodies.js';
import { Metrics } from './http/metrics.js';
import { answerRouterError } from './http/router-errors.js';
import { Readiness } from './readiness.js';

export interface RunningProcess {
  /** Where it answers: `http://127.0.0.1:3110`. */
  readonly url: string;
  /** The first key, only when this start made it. */
  readonly firstKey: string | null;
  /** Takes no more requests, finishes what is in hand, closes the engines. */
  stop(): Promise<void>;
}

const nestLogger = (logger: Logger): LoggerService => ({
  log: (message) => logger.debug({ message }, 'nest'),
  error: (message, ...rest) => logger.error({ message, rest }, 'nest'),
  warn: (message) => logger.warn({ message }, 'nest'),
});

const countAnswers = (app: NestFastifyApplication): void => {
  const metrics = app.get(Metrics);
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

/** Starts what TARGET names on the embedded engines. */
export const startProcess = async (config: Config): Promise<RunningProcess> => {
  const logger = createLogger(config.LOG_LEVEL);
  const engines = await openEmbeddedEngines(config.DATA_DIR, config.CITY, logger);
  const readiness = new Readiness(() => engines.views.all());
  try {
    const firstKey =
      (await engines.apiKeys.list()).length === 0
        ? await engines.apiKeys.create('first', 'operator', engines.clock.now().toISOString())
        : null;
    const adapter = new FastifyAdapter({
      bodyLimit: config.BODY_LIMIT_BYTES,
      routerOptions: { maxParamLength: 300 },
      frameworkErrors: answerRouterError,
    });
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.of(config, engines, readiness),
      adapter,
      {
        logger: nestLogger(logger),
        abortOnError: false,
        bodyParser: false,
      },
    );
    hearOutLargeBodies(adapter.getInstance(), config.BODY_LIMIT_BYTES);
    takeBodies(adapter.getInstance());
    app.connectMicroservice({ strategy: new LogTransport(engines.messaging) });
    countAnswers(app);
    await app.startAllMicroservices();
    await app.listen(config.PORT, config.HOST);
    readiness.started();
    return {
      url: await app.getUrl(),
      firstKey,
      stop: async () => {
        readiness.stopping();
        await app.close();
        await engines.close();
      },
    };
  } catch (error) {
    await engines.close();
    throw error;
  }
};
