import { afterAll, describe, it } from '@jest/globals';

import { openEventStoreDb, type EventStore } from '@city311/eventing';
import { describeEventStoreContract, findEventStore } from '@city311/testing';

const server = await findEventStore();
let tests = 0;

afterAll(() => server?.stop());

if (server === null) {
  describe('EventStoreDB (real server) as an event store', () => {
    it.skip('is not tested: no server', () => undefined);
  });
} else {
  // each test has the log to itself by a prefix of its own
  describeEventStoreContract(`EventStoreDB (real server, ${server.kind})`, async (options) => {
    tests += 1;
    const streamPrefix = `test${Date.now()}x${tests}/`;
    const opened: EventStore[] = [];
    const another = async (): Promise<EventStore> => {
      const store = await openEventStoreDb({ url: server.url, streamPrefix, ...options });
      opened.push(store);
      return store;
    };
    return {
      store: await another(),
      another,
      async dispose() {
        for (const store of opened) await store.close();
      },
    };
  });
}
