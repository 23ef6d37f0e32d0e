import { randomBytes, randomUUID } from 'node:crypto';

import { jest } from '@jest/globals';
import mongoose from 'mongoose';

import { describeApiKeysContract, describeVaultContract, describeWithMongo } from '@city311/testing';
import { openMongoApiKeys, openMongoVault } from '@city311/vault';

// The stand-in is slow to start and to look many keys up.
jest.setTimeout(60_000);

/** A database of its own, each door on a connection of its own. */
const onDatabase = async <Door extends { close(): Promise<void> }>(
  url: string,
  open: (connection: mongoose.Connection) => Promise<Door>,
) => {
  const dbName = `vault_${randomUUID().slice(0, 8)}`;
  const connections: mongoose.Connection[] = [];
  const doors: Door[] = [];
  const another = async (): Promise<Door> => {
    const connection = await mongoose.createConnection(url, { dbName }).asPromise();
    connections.push(connection);
    const door = await open(connection);
    doors.push(door);
    return door;
  };
  return {
    first: await another(),
    another,
    dispose: async (): Promise<void> => {
      for (const door of doors) await door.close();
      await connections[0]?.dropDatabase();
      for (const connection of connections) await connection.close();
    },
  };
};

await describeWithMongo('On MongoDB', ({ url }) => {
  describeVaultContract('MongoDB', async () => {
    const masterKey = randomBytes(32);
    const { first, another, dispose } = await onDatabase(url, (connection) =>
      openMongoVault({ connection, masterKey }),
    );
    return { vault: first, another, dispose };
  });

  describeApiKeysContract('MongoDB', async () => {
    const { first, another, dispose } = await onDatabase(url, (connection) =>
      openMongoApiKeys({ connection }),
    );
    return { keys: first, another, dispose };
  });
});
