import 'reflect-metadata';

import { NestFactory } from '@nestjs/core';

import { TopicsTransport } from '@city311/messaging';
import { tracedMessaging } from '@city311/platform';

import { AppModule } from '../app.module.js';
import type { Config } from '../config.js';
import { watchDisk } from '../disk/watch-disk.js';
import { openEngines } from '../engines/open-engines.js';
import { patientMessaging } from '../engines/patient-messaging.js';
import { RunningViews, type Running } from '../engines/running-views.js';
import { readStandings } from '../http/status.js';
import { backgroundSnapshot } from '../metrics/background-metrics.js';
import { meterEngines } from '../metrics/meter-engines.js';
import { meteredMessaging } from '../metrics/metered-messaging.js';
import { OverdueCases } from '../metrics/overdue-cases.js';
import { ThreadMetrics } from '../metrics/thread-metrics.js';
import { publicView } from '../metrics/view-lag.js';
import { nestLogger } from '../nest-logger.js';
import type { BackgroundWork } from './background-work.js';

/** Starts consumers, views, timers and mail of what TARGET names, without HTTP. */
export const startBackground = async (
  config: Config,
  onApplied: (view: string) => void,
): Promise<BackgroundWork> => {
  const disk = watchDisk(config, 'background');
  const { logger } = disk;
  const metrics = new ThreadMetrics('background');
  const engines = meterEngines(
    await openEngines(
      config,
      logger,
      { here: true },
      (opened) => new RunningViews(opened, logger, onApplied, metrics),
    ),
    metrics,
    {
      failed: (_engine, error) => {
        disk.suspect(error);
      },
      worked: () => undefined,
    },
  );
  try {
    const patient = patientMessaging(tracedMessaging(engines.messaging), {
      troubles: async () => [...(await engines.troubles()), ...disk.troubles()],
      logger,
    });
    const app = await NestFactory.createMicroservice(AppModule.background(config, engines), {
      strategy: new TopicsTransport(meteredMessaging(patient, metrics)),
      logger: nestLogger(logger),
      abortOnError: false,
    });
    await app.listen();
    const named = (name: string): Running | undefined => engines.views.all().find((one) => one.name === name);
    const overdue = new OverdueCases(() => named(publicView)?.runner.view, metrics);
    return {
      status: async () => (await readStandings(engines)).status,
      metrics: async () => backgroundSnapshot(metrics, overdue, await readStandings(engines)),
      waitingFor: () =>
        Promise.resolve(
          engines.views.all().flatMap(({ name, runner }) => (runner.ready() ? [] : [`view ${name}`])),
        ),
      views: () => Promise.all(engines.views.all().map(({ runner }) => runner.status())),
      rebuild: async (view) => (await named(view)?.runner.rebuild()) ?? null,
      retry: async (view) => (await named(view)?.runner.retryParked()) ?? null,
      stop: async () => {
        await app.close();
        await engines.close();
        disk.stop();
      },
    };
  } catch (error) {
    await engines.close();
    throw error;
  }
};
