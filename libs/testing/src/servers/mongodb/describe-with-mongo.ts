import { afterAll, describe } from '@jest/globals';

import { findMongo } from './find-mongo.js';
import type { MongoServer } from './mongo-server.js';

const nowhere: MongoServer = { url: '', kind: 'given', stop: () => Promise.resolve(), outage: null };

/**
 * A suite that needs a MongoDB server: `await describeWithMongo('…', (server) => { … })` at the top of a spec. Where
 * no server can be had its tests count as skipped.
 */
export const describeWithMongo = async (
  title: string,
  tests: (server: MongoServer) => void,
): Promise<void> => {
  const server = await findMongo();
  if (server === null) {
    describe.skip(title, () => {
      tests(nowhere);
    });
    return;
  }
  describe(`${title} (${server.kind === 'java' ? 'stand-in' : server.kind})`, () => {
    tests(server);
    // After what the tests themselves do at the end.
    afterAll(() => server.stop());
  });
};
