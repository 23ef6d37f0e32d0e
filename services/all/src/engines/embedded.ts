import { mkdirSync } from 'node:fs';

import { loadCity } from '@city311/city';
import { openSqliteEventStore, type EventStore } from '@city311/eventing';
import {
  createLogMessaging,
  openSqliteConsumerState,
  type Messaging,
  type TopicReader,
} from '@city311/messaging';
import {
  systemClock,
  type Background,
  type Engines,
  type Logger,
  type ViewRegistry,
} from '@city311/platform';
import { openSqliteViewStore, type ViewStore } from '@city311/read-models';
import { openSqliteLeases, type Leases } from '@city311/scheduling';
import { openSqliteApiKeys, openSqliteVault } from '@city311/vault';

import type { Config } from '../config.js';
import { topicSources } from '../topic-sources.js';
import { refuseUnfinishedRestore } from './unfinished-restore.js';

export interface OpenedForViews {
  readonly viewStore: ViewStore;
  readonly reader: TopicReader;
  readonly leases: Leases;
}

export interface EmbeddedEngines<Views extends ViewRegistry> extends Engines {
  readonly store: EventStore;
  readonly messaging: Messaging;
  readonly views: Views;
  close(): Promise<void>;
}

/** How often the background thread empties the write-ahead logs, so that no answer waits for it. */
const checkpointEveryMs = 4_000;

/**
 * All ports on SQLite files in DATA_DIR, made where they are missing. Several threads and processes may open the
 * same folder; the first one writes the log for all.
 */
export const openEmbeddedEngines = async <Views extends ViewRegistry & { stop(): Promise<void> }>(
  { DATA_DIR: folder, CITY: cityId }: Config,
  logger: Logger,
  background: Background,
  makeViews: (opened: OpenedForViews) => Views,
): Promise<EmbeddedEngines<Views>> => {
  refuseUnfinishedRestore(folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const city = loadCity(cityId);
  const tidy = background.here ? { checkpointEveryMs } : {};
  const store = await openSqliteEventStore({ folder, ...tidy });
  const state = openSqliteConsumerState({ folder });
  const leases = openSqliteLeases({ folder });
  const vault = await openSqliteVault({ folder, ...tidy });
  const apiKeys = await openSqliteApiKeys({ folder });
  const viewStore = openSqliteViewStore({ folder, cacheMegabytes: 16, mmapMegabytes: 0 });
  const messaging = createLogMessaging({ store, sources: topicSources, state, logger });
  const views = makeViews({ viewStore, reader: messaging.reader, leases });
  return {
    store,
    messaging,
    topics: messaging.reader,
    parked: messaging.parked,
    views,
    vault,
    apiKeys,
    leases,
    clock: systemClock,
    city,
    logger,
    background,
    close: async () => {
      await messaging.close();
      await views.stop();
      await viewStore.close();
      await store.close();
      await vault.close();
      await apiKeys.close();
      state.close();
      leases.close();
    },
  };
};
