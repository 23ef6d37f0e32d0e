import { cpus, loadavg } from 'node:os';

import type { Projection, View } from '@city311/read-models';
import { openSqliteViewStore } from '@city311/read-models';
import { createMongoViewStore, openMongoConnection } from '@city311/read-models/mongodb';

import { engineNames } from '../cluster/engines.js';
import { LocalCluster } from '../cluster/local-cluster.js';
import { StartedServer } from '../server/started-server.js';

export const engineChoices = ['embedded', 'cluster'] as const;
export type EngineChoice = (typeof engineChoices)[number];

/** A system to be measured. */
export interface BenchSystem {
  readonly url: string;
  /** An operator's. */
  readonly key: string;
  /** What it runs on, said beside its figures. */
  readonly on: string;
  /** Largest memory of its services so far. */
  memory(): string;
  /** Reads a view beside the services. */
  openView<Doc extends object>(
    projection: Projection<Doc>,
  ): Promise<{ readonly view: View<Doc>; close(): Promise<void> }>;
  stop(): Promise<void>;
}

/** Figures of a machine that others use as well are not the system's alone. */
const alsoBusy = (): string =>
  `${cpus().length} cores, ${(loadavg()[0] ?? 0).toFixed(1)} programs wanting to run before the start`;

const megabytes = (each: readonly (number | null)[]): string =>
  each.includes(null) ? '?' : String(each.reduce<number>((sum, one) => sum + (one ?? 0), 0));

const embedded = async (): Promise<BenchSystem> => {
  const busy = alsoBusy();
  const server = await StartedServer.start();
  return {
    url: server.url,
    key: await server.createKey('bench', 'operator'),
    on: `one process, files; ${busy}`,
    memory: () => `peak memory ${server.peakMemoryMb() ?? '?'} MB`,
    openView: async (projection) => {
      const store = openSqliteViewStore({ folder: server.dataDir });
      const { view } = await store.open(projection);
      return { view, close: () => store.close() };
    },
    stop: () => server.stop(),
  };
};

/** The cluster as a system to be measured. */
const benchedCluster = (cluster: LocalCluster, busy: string): BenchSystem => ({
  url: cluster.url,
  key: cluster.keys.operator,
  on: `${cluster.replicas.length} processes on ${engineNames}; all on this machine: ${busy}`,
  memory: () =>
    `peak memory of all services ${megabytes(cluster.replicas.map((one) => one.peakMemoryMb()))} MB`,
  openView: async (projection) => {
    const connection = await openMongoConnection({ url: cluster.settings['MONGODB_URL'] ?? '' });
    const store = createMongoViewStore({ connection });
    const { view } = await store.open(projection);
    return {
      view,
      close: async () => {
        await store.close();
        await connection.close();
      },
    };
  },
  stop: () => cluster.stop(),
});

/** @param replicas  of each service @param forShort  its engines live for minutes @throws Error  one did not start */
export const startCluster = async (
  replicas: number,
  forShort = true,
): Promise<{ readonly cluster: LocalCluster; readonly system: BenchSystem }> => {
  const busy = alsoBusy();
  const cluster = await LocalCluster.start({ replicas, forShort });
  return { cluster, system: benchedCluster(cluster, busy) };
};

/** @param replicas  of each service, in a cluster */
export const startSystem = async (engines: EngineChoice, replicas: number): Promise<BenchSystem> =>
  engines === 'embedded' ? embedded() : (await startCluster(replicas)).system;
