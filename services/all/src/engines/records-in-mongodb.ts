import { openMongoRelayCheckpoints } from '@city311/messaging/kafka';
import type { Logger } from '@city311/platform';
import { createMongoViewStore, openMongoConnection } from '@city311/read-models/mongodb';
import { openMongoLeases } from '@city311/scheduling';
import { openMongoApiKeys, openMongoVault, readMasterKey } from '@city311/vault';

import type { Config } from '../config.js';
import type { OpenedRecords, RawRecord } from './open-records.js';
import { waitFor } from './wait-for.js';

/** As mongoose numbers it. */
const connected = 1;

const masterKeyOf = ({ MASTER_KEY: base64, MASTER_KEY_FILE: file }: Config): Uint8Array => {
  if (base64 !== undefined) return readMasterKey({ base64 });
  if (file !== undefined) return readMasterKey({ file });
  throw new RangeError('MASTER_KEY or MASTER_KEY_FILE is missing');
};

type Connection = Awaited<ReturnType<typeof openMongoConnection>>;

async function* everyDocument({ db }: Connection): AsyncGenerator<RawRecord> {
  if (db === undefined) return;
  for (const { name } of await db.listCollections({}, { nameOnly: true }).toArray())
    for await (const document of db.collection(name).find({}))
      yield { place: name, json: JSON.stringify(document) };
}

/** Connects once and opens the vault. @throws as `openRecordsInMongoDb`, and TransientError where no server answers */
export const tryRecordsInMongoDb = async (config: Config, url: string): Promise<void> => {
  const masterKey = masterKeyOf(config);
  const connection = await openMongoConnection({ url });
  try {
    const vault = await openMongoVault({ connection, masterKey });
    await vault.close();
  } finally {
    await connection.close();
  }
};

/** @throws Error  the master key is not that of this vault, or the server refuses the settings */
export const openRecordsInMongoDb = async (
  config: Config,
  url: string,
  logger: Logger,
): Promise<OpenedRecords> => {
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
    scan: () => everyDocument(connection),
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
