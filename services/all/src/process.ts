import 'reflect-metadata';

import type { Engines, Logger } from '@city311/platform';

import type { Config } from './config.js';
import { watchDisk } from './disk/watch-disk.js';
import { openEngines } from './engines/open-engines.js';
import { createApp } from './http/create-app.js';
import { Metrics } from './http/metrics.js';
import { openManagement, type Management } from './http/management.js';
import { securityHeaders } from './http/security-headers.js';
import { openWaitingRoom } from './http/waiting-room.js';
import { meterEngines } from './metrics/meter-engines.js';
import { ThreadMetrics } from './metrics/thread-metrics.js';
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
  /** Takes no more requests, finishes what is in hand, closes the engines. */
  stop(): Promise<void>;
}

/** Opens what the settings name; where servers must be waited for, HTTP says so meanwhile. */
const openWaiting = async (config: Config, logger: Logger) => {
  const isCluster = [config.EVENTSTORE_URL, config.KAFKA_BROKERS, config.MONGODB_URL].some(
    (address) => address !== undefined,
  );
  const room = isCluster
    ? await openWaitingRoom(config.PORT, config.HOST, securityHeaders(config.PUBLIC_URL))
    : null;
  try {
    return await openEngines(config, logger, { here: false }, (opened) => new ReadViews(opened));
  } finally {
    await room?.close();
  }
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
  try {
    return await startBeside(management, config, onBroken);
  } catch (error) {
    await management.close();
    throw error;
  }
};

const startBeside = async (
  management: Management,
  config: Config,
  onBroken: (error: Error) => void,
): Promise<RunningProcess> => {
  const disk = watchDisk(config, 'http');
  const { logger } = disk;
  const tracing = await traceThread(config, 'http', logger);
  const figures = new ThreadMetrics('http');
  const engines = meterEngines(await openWaiting(config, logger), figures, disk.suspect);
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
  ]);
  const metrics = new Metrics(figures, background, readiness);
  try {
    const firstKey = await firstKeyOf(config, engines);
    const app = await createApp({ config, engines, readiness, background, metrics });
    management.serve({ readiness, metrics });
    await Promise.all([app.listen(config.PORT, config.HOST), background.started()]);
    readiness.started();
    return {
      url: await app.getUrl(),
      managementUrl: management.url,
      firstKey,
      stop: async () => {
        readiness.stopping();
        await app.close();
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
