import type { RelayCheckpoints } from '@city311/messaging/kafka';
import type { Logger } from '@city311/platform';
import { openSqliteViewStore, type ViewStore } from '@city311/read-models';
import { openSqliteLeases, type Leases } from '@city311/scheduling';
import { openSqliteApiKeys, openSqliteVault, type ApiKeys, type Vault } from '@city311/vault';

import type { Config } from '../config.js';
import { checkpointEvery } from './tidy.js';

/** A document as it lies in the database, and the collection that holds it. */
export interface RawRecord {
  readonly place: string;
  readonly json: string;
}

/** What is kept beside the log: views, vault, API keys, leases. */
export interface OpenedRecords {
  readonly vault: Vault;
  readonly apiKeys: ApiKeys;
  readonly leases: Leases;
  readonly viewStore: ViewStore;
  /** Made where there is a relay. */
  relayCheckpoints(): Promise<RelayCheckpoints>;
  /** Everything that lies in the database, whoever wrote it; null where these are files. */
  readonly scan: (() => AsyncIterable<RawRecord>) | null;
  /** Why they cannot be used at the moment; null where they can. */
  trouble(): string | null;
  close(): Promise<void>;
}

const openFiles = async ({ DATA_DIR: folder }: Config, isBackground: boolean): Promise<OpenedRecords> => {
  const leases = openSqliteLeases({ folder });
  const vault = await openSqliteVault({ folder, ...checkpointEvery(isBackground) });
  const apiKeys = await openSqliteApiKeys({ folder });
  const viewStore = openSqliteViewStore({ folder, cacheMegabytes: 16, mmapMegabytes: 0 });
  let checkpoints: (RelayCheckpoints & { close(): void }) | null = null;
  return {
    vault,
    apiKeys,
    leases,
    viewStore,
    relayCheckpoints: async () => {
      const { openSqliteRelayCheckpoints } = await import('@city311/messaging/kafka');
      checkpoints ??= openSqliteRelayCheckpoints({ folder });
      return checkpoints;
    },
    scan: null,
    trouble: () => null,
    close: async () => {
      await viewStore.close();
      await vault.close();
      await apiKeys.close();
      checkpoints?.close();
      leases.close();
    },
  };
};

/** MongoDB where MONGODB_URL names one, else files in DATA_DIR. */
export const openRecords = async (
  config: Config,
  logger: Logger,
  isBackground: boolean,
): Promise<OpenedRecords> => {
  const { MONGODB_URL: url } = config;
  if (url === undefined) return openFiles(config, isBackground);
  const { openRecordsInMongoDb } = await import('./records-in-mongodb.js');
  return openRecordsInMongoDb(config, url, logger);
};
