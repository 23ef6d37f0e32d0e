import { z } from 'zod';

import { openEventStoreDb } from '@city311/eventing';
import { openMongoConnection } from '@city311/read-models/mongodb';
import { copySqliteVault, readMasterKey } from '@city311/vault';

import type { Config } from '../config.js';
import type { MoveTarget } from '../ops/move.js';
import { addressOfLog } from './open-log.js';
import { probeServers } from './probe-servers.js';

/** Settings of the engines that a folder moves into, with what is said where one is missing. */
const needed = z
  .object({
    EVENTSTORE_URL: z.string({ error: 'the event store to move into' }),
    MONGODB_URL: z.string({ error: 'the database to move the vault into' }),
    MASTER_KEY: z.string().optional(),
    MASTER_KEY_FILE: z.string().optional(),
  })
  .refine(
    ({ MASTER_KEY, MASTER_KEY_FILE }) => (MASTER_KEY === undefined) !== (MASTER_KEY_FILE === undefined),
    {
      path: ['MASTER_KEY'],
      error: 'the master key of the new vault is needed, here or in the file that MASTER_KEY_FILE names',
    },
  );

/** Host and database of an address, without user and password. */
const placeOf = (url: string): string => {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
};

/** @throws RangeError  lists every setting that is missing, or every server that cannot be used */
export const openMoveTarget = async (config: Config): Promise<MoveTarget> => {
  const read = needed.safeParse(config);
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
    throw new RangeError(`there is nowhere to move to:\n${faults.join('\n')}`);
  }
  const { EVENTSTORE_URL, MONGODB_URL, MASTER_KEY, MASTER_KEY_FILE } = read.data;
  const troubles = await probeServers({ ...config, KAFKA_BROKERS: undefined });
  if (troubles.length > 0)
    throw new RangeError(troubles.map(({ server, why }) => `${server}: ${why}`).join('\n'));
  const masterKey = readMasterKey(
    MASTER_KEY === undefined ? { file: MASTER_KEY_FILE ?? '' } : { base64: MASTER_KEY },
  );
  const connection = await openMongoConnection({ url: MONGODB_URL });
  try {
    const store = await openEventStoreDb({ url: addressOfLog(config) ?? EVENTSTORE_URL });
    return {
      name: `${placeOf(EVENTSTORE_URL)} and ${placeOf(MONGODB_URL)}`,
      store,
      copyVault: async (folder) => ({ ...(await copySqliteVault({ folder, connection, masterKey })) }),
      close: async () => {
        await store.close();
        await connection.close();
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
};
