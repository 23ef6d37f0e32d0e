import 'reflect-metadata';

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createLogger, type Engines } from '@city311/platform';

import { readConfig } from '../config.js';
import { openEngines } from '../engines/open-engines.js';
import { ReadViews } from '../engines/read-views.js';
import { ThreadMetrics } from '../metrics/thread-metrics.js';
import { Readiness } from '../readiness.js';
import type { BackgroundWork } from '../threads/background-work.js';
import { createApp } from './create-app.js';
import { FrontDoor } from './front-door.js';
import { Metrics } from './metrics.js';

export interface Route {
  readonly method: string;
  /** With the names of its parameters: `/api/cases/:number`. */
  readonly path: string;
}

export interface Doors {
  readonly url: string;
  readonly routes: readonly Route[];
  readonly engines: Engines;
  readonly folder: string;
  stop(): Promise<void>;
}

/** A background thread with nothing to do. */
const idle: BackgroundWork = {
  status: async () => ({ drained: true, head: null, groups: [] }),
  metrics: async () => [],
  waitingFor: async () => [],
  views: async () => [],
  rebuild: async () => null,
  retry: async () => null,
  stop: async () => undefined,
};

/** Every door of every service as a process opens them, on an empty folder, with nobody behind who works reports off. */
export const openDoors = async (env: Readonly<Record<string, string>> = {}): Promise<Doors> => {
  const folder = await mkdtemp(join(tmpdir(), 'doors-'));
  const config = readConfig({ DATA_DIR: folder, LOG_LEVEL: 'silent', PORT: '0', ...env });
  const engines = await openEngines(
    config,
    createLogger('silent'),
    { here: false },
    (opened) => new ReadViews(opened),
  );
  const readiness = new Readiness(idle, () => engines.troubles());
  const figures = new ThreadMetrics('http');
  const metrics = new Metrics(figures, idle, readiness);
  const frontDoor = new FrontDoor(config);
  const app = await createApp({ config, frontDoor, engines, readiness, background: idle, metrics });
  const routes: Route[] = [];
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', ({ method, path }) => {
      for (const each of [method].flat()) routes.push({ method: each, path });
    });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  frontDoor.open();
  await frontDoor.listen();
  readiness.started();
  return {
    url: frontDoor.url,
    routes,
    engines,
    folder,
    stop: async () => {
      await frontDoor.close();
      await app.close();
      await engines.close();
      figures.close();
      await rm(folder, { recursive: true });
    },
  };
};
