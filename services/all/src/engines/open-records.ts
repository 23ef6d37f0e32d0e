import {
  openMongoRelayCheckpoints,
  openSqliteRelayCheckpoints,
  type RelayCheckpoints,
} from '@city311/messaging';
import type { Logger } from '@city311/platform';
import {
  createMongoViewStore,
  openMongoConnection,
  openSqliteViewStore,
  type ViewStore,
} from '@city311/read-models';
import { openMongoLeases, openSqliteLeases, type Leases } from '@city311/scheduling';
import {
  openMongoApiKeys,
  openMongoVault,
  openSqliteApiKeys,
  openSqliteVault,
  readMasterKey,
  type ApiKeys,
  type Vault,
} from '@city311/vault';

import type { Config } from '../config.js';
import { checkpointEvery } from './tidy.js';
import { waitFor } from './wait-for.js';

/** What is kept beside the log: views, vault, API keys, leases. */
export interface OpenedRecords {
  readonly vault: Vault;
  readonly apiKeys: ApiKeys;
  readonly leases: Leases;
  readonly viewStore: ViewStore;
  /** Made where there is a relay. */
  relayCheckpoints(): Promise<RelayCheckpoints>;
  /** Why they cannot be used at the moment; null where they can. */
  trouble(): string | null;
  close(): Promise<void>;
}

const openFiles = async ({ DATA_DIR: folder }: Config, isBackground: boolean): Promise<OpenedRecords> => {
  const leases = openSqliteLeases({ folder });
  const vault = await openSqliteVault({ folder, ...checkpointEvery(isBackground) });
  const apiKeys = await openSqliteApiKeys({ folder });
  const viewStore = openSqliteViewStore({ folder, cacheMegabytes: 16, mmapMegabytes: 0 });
  let checkpoints: ReturnType<typeof openSqliteRelayCheckpoints> | null = null;
  return {
    vault,
    apiKeys,
    leases,
    viewStore,
    relayCheckpoints: () => Promise.resolve((checkpoints ??= openSqliteRelayCheckpoints({ folder }))),
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

/** As mongoose numbers it. */
const connected = 1;

const masterKeyOf = ({ MASTER_KEY: base64, MASTER_KEY_FILE: file }: Config): Uint8Array => {
  if (base64 !== undefined) return readMasterKey({ base64 });
  if (file !== undefined) return readMasterKey({ file });
  throw new RangeError('MASTER_KEY or MASTER_KEY_FILE is missing');
};

const openDatabase = async (config: Config, url: string, logger: Logger): Promise<OpenedRecords> => {
  const masterKey = masterKeyOf(config);
  const what = 'MongoDB';
  const connection = await waitFor(what, logger, () => openMongoConnection({ url }));
  const viewStore = createMongoViewStore({
    connection,
    onIndexes: (view, outcome) => {
      if ('error' in outcome) logger.warn({ view, err: outcome.error }, 'indexes could not be made');
      else logger.info({ view, ...outcome }, 'indexes were made');
    },
  });
  const vault = await waitFor(what, logger, () => openMongoVault({ connection, masterKey }));
  const apiKeys = await waitFor(what, logger, () => openMongoApiKeys({ connection }));
  const leases = await waitFor(what, logger, () => openMongoLeases({ connection }));
  return {
    vault,
    apiKeys,
    leases,
    viewStore,
    relayCheckpoints: () => openMongoRelayCheckpoints({ connection }),
    trouble: () => {
      const state: number = connection.readyState;
      return state === connected ? null : 'MongoDB does not answer';
    },
    close: async () => {
      await viewStore.close();
      await vault.close();
      await apiKeys.close();
      await connection.close();
    },
  };
};

/** MongoDB where MONGODB_URL names one, else files in DATA_DIR. */
export const openRecords = (config: Config, logger: Logger, isBackground: boolean): Promise<OpenedRecords> =>
  config.MONGODB_URL === undefined
    ? openFiles(config, isBackground)
    : openDatabase(config, config.MONGODB_URL, logger);
