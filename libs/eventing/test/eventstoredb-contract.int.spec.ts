import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openEventStoreDb, type EventStore } from '@city311/eventing';
import { describeEventStoreContract, startEventStoreDouble } from '@city311/testing';

describeEventStoreContract('EventStoreDB (protocol double)', async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'esdb-'));
  const server = await startEventStoreDouble({ folder });
  const opened: EventStore[] = [];
  const another = async (): Promise<EventStore> => {
    const store = await openEventStoreDb({ url: server.url, ...options });
    opened.push(store);
    return store;
  };
  return {
    store: await another(),
    another,
    async dispose() {
      for (const store of opened) await store.close();
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
});
