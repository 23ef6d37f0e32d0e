import { mkdirSync } from 'node:fs';

import { loadCity } from '@city311/city';
import { openSqliteEventStore, type EventStore } from '@city311/eventing';
import { createLogMessaging, openSqliteConsumerState, type Messaging } from '@city311/messaging';
import { systemClock, type Engines, type Logger } from '@city311/platform';
import { openSqliteViewStore } from '@city311/read-models';
import { openSqliteLeases } from '@city311/scheduling';
import { openSqliteApiKeys, openSqliteVault } from '@city311/vault';

import { topicSources } from '../topic-sources.js';
import { RunningViews } from './view-registry.js';

export interface EmbeddedEngines extends Engines {
  readonly store: EventStore;
  readonly messaging: Messaging;
  readonly views: RunningViews;
  close(): Promise<void>;
}

/** All ports on SQLite files in one folder, made where they are missing. Several processes may share the folder. */
export const openEmbeddedEngines = async (
  folder: string,
  cityId: string,
  logger: Logger,
): Promise<EmbeddedEngines> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const city = loadCity(cityId);
  const store = await openSqliteEventStore({ folder });
  const state = openSqliteConsumerState({ folder });
  const leases = openSqliteLeases({ folder });
  const vault = await openSqliteVault({ folder });
  const apiKeys = await openSqliteApiKeys({ folder });
  const viewStore = await openSqliteViewStore({ folder });
  const messaging = createLogMessaging({ store, sources: topicSources, state, logger });
  const views = new RunningViews(viewStore, messaging.reader, leases, logger);
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
