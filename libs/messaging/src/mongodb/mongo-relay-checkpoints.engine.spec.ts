import { randomUUID } from 'node:crypto';

import { describe, expect, it, jest } from '@jest/globals';
import mongoose from 'mongoose';

import { TransientError } from '@city311/kernel';
import { describeRelayCheckpointsContract, describeWithMongo } from '@city311/testing';

import { openMongoRelayCheckpoints } from './mongo-relay-checkpoints.js';

// The stand-in is slow to start and to look many keys up.
jest.setTimeout(60_000);

await describeWithMongo('On MongoDB', ({ url }) => {
  describeRelayCheckpointsContract('MongoDB', async () => {
    const dbName = `relay_${randomUUID().slice(0, 8)}`;
    const first = await mongoose.createConnection(url, { dbName }).asPromise();
    const second = await mongoose.createConnection(url, { dbName }).asPromise();
    return {
      one: await openMongoRelayCheckpoints({ connection: first }),
      two: await openMongoRelayCheckpoints({ connection: second }),
      close: async () => {
        await first.dropDatabase();
        await Promise.all([first.close(), second.close()]);
      },
    };
  });
});

describe('Relay checkpoints in MongoDB', () => {
  it('say that it may work later where the server is away', async () => {
    const connection = mongoose.createConnection('mongodb://127.0.0.1:9/x', {
      serverSelectionTimeoutMS: 200,
    });
    await expect(openMongoRelayCheckpoints({ connection })).rejects.toThrow(TransientError);
    await connection.close();
  });
});
