import 'reflect-metadata';

import type { Engines, Logger } from '@city311/platform';

import type { Config } from './config.js';
import { watchDisk } from './disk/watch-disk.js';
import { openEngines } from './engines/open-engines.js';
import { createApp } from './http/create-app.js';
import { FrontDoor } from './http/front-door.js';
import { Metrics } from './http/metrics.js';
import { openManagement, type Management } from './http/management.js';
import { meterEngines } from './metrics/meter-engines.js';
import { ThreadMetrics } from './metrics/thread-metrics.js';
import { RefusedWrites } from './outages/refused-writes.js';
import { ReadViews } from './engines/read-views.js';
import { Readiness } from './readiness.js';
import { BackgroundThread } from './threads/background-thread.js';
import { traceThread } from './trace-thread.js';

export interface RunningProcess {
  /** Where it answers: `http://127.0.0.1:3110`. */
  readonly url: string;
  /** Where it tells its figures and what it waits for. */
  readonly managementUrl: string;
  /** The first key, only when this start made it. */
  readonly firstKey: string | null;
  /** Takes requests for DRAIN_MS more, finishes what is in hand, closes the engines. */
  stop(): Promise<void>;
}

/** Opens what the settings name; where servers must be waited for, HTTP says so meanwhile. */
const openWaiting = async (config: Config, frontDoor: FrontDoor, logger: Logger) => {
  const isCluster = [config.EVENTSTORE_URL, config.KAFKA_BROKERS, config.MONGODB_URL].some(
    (address) => address !== undefined,
  );
  if (isCluster) await frontDoor.listen();
  return openEngines(config, logger, { here: false }, (opened) => new ReadViews(opened));
};

/** The embedded vault gets a key with its first start; a cluster's keys are made by its operators. */
const firstKeyOf = async (config: Config, { apiKeys, clock }: Engines): Promise<string | null> => {
  if (config.MONGODB_URL !== undefined || (await apiKeys.list()).length > 0) return null;
  return apiKeys.create('first', 'operator', clock.now().toISOString());
};

/**
 * Starts what TARGET names: HTTP on this thread, all else on a second one, so that a report is answered while the
 * backlog is worked off. Figures and health are told at the management port from the very beginning.
 * @param onBroken  the second thread ended by itself; the process should end too and be started again
 */
export const startProcess = async (
  config: Config,
  onBroken: (error: Error) => void,
): Promise<RunningProcess> => {
  const management = await openManagement(config.MANAGEMENT_HOST, config.MANAGEMENT_PORT);
  const frontDoor = new FrontDoor(config);
  try {
    return await startBeside(management, frontDoor, config, onBroken);
  } catch (error) {
    await frontDoor.close();
    await management.close();
    throw error;
  }
};

const startBeside = async (
  management: Management,
  frontDoor: FrontDoor,
  config: Config,
  onBroken: (error: Error) => void,
): Promise<RunningProcess> => {
  const disk = watchDisk(config, 'http');
  const { logger } = disk;
  const tracing = await traceThread(config, 'http', logger);
  const figures = new ThreadMetrics('http');
  const refused = new RefusedWrites();
  const engines = meterEngines(await openWaiting(config, frontDoor, logger), figures, {
    failed: (engine, error) => {
      disk.suspect(error);
      refused.failed(engine, error);
    },
    worked: (engine) => {
      refused.worked(engine);
    },
  });
  const background = new BackgroundThread(
    config,
    (view) => {
      engines.views.applied(view);
    },
    onBroken,
  );
  const readiness = new Readiness(background, async () => [
    ...(await engines.troubles()),
    ...disk.troubles(),
    ...refused.troubles(),
  ]);
  const metrics = new Metrics(figures, background, readiness);
  try {
    const firstKey = await firstKeyOf(config, engines);
    const app = await createApp({ config, frontDoor, engines, readiness, background, metrics });
    management.serve({ readiness, metrics });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    frontDoor.open();
    await Promise.all([frontDoor.listen(), background.started()]);
    readiness.started();
    return {
      url: frontDoor.url,
      managementUrl: management.url,
      firstKey,
      stop: async () => {
        readiness.stopping();
        await frontDoor.drain(config.DRAIN_MS);
        const answered = frontDoor.close();
        // Ends what only waits, such as for new work orders.
        await app.close();
        await answered;
        await background.stop();
        await management.close();
        await engines.close();
        disk.stop();
        await tracing.stop();
      },
    };
  } catch (error) {
    await background.stop();
    await engines.close();
    throw error;
  }
};
