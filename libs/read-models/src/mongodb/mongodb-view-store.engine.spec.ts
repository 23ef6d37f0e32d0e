import { jest } from '@jest/globals';
import { describeViewStoreContract, describeWithMongo } from '@city311/testing';
import { randomUUID } from 'node:crypto';

import { createMongoViewStore } from './mongodb-view-store.js';
import { openMongoConnection } from './open-connection.js';

// The suite has many small batches, each of which is a request.
jest.setTimeout(60_000);

await describeWithMongo('the read models', (server) => {
  describeViewStoreContract('MongoDB', async () => {
    const connection = await openMongoConnection({ url: server.url, database: `views_${randomUUID()}` });
    return {
      open: () => Promise.resolve(createMongoViewStore({ connection })),
      dispose: async () => {
        await connection.dropDatabase();
        await connection.close();
      },
    };
  });
});
