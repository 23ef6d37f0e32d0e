import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openEventStoreDb, type EventStore } from '@city311/eventing';
import {
  describeEventStoreContract,
  newTestEvent,
  startEventStoreDouble,
  type StoreUnderTestOptions,
} from '@city311/testing';
import { streamName } from '@city311/kernel';

const makeLog = async (options: StoreUnderTestOptions, streamPrefix: string) => {
  const folder = await mkdtemp(join(tmpdir(), 'esdb-'));
  const server = await startEventStoreDouble({ folder });
  const opened: EventStore[] = [];
  const open = async (prefix: string): Promise<EventStore> => {
    const store = await openEventStoreDb({ url: server.url, streamPrefix: prefix, ...options });
    opened.push(store);
    return store;
  };
  return {
    store: await open(streamPrefix),
    another: () => open(streamPrefix),
    stranger: () => open('strangers/'),
    async dispose() {
      for (const store of opened) await store.close();
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
};

describeEventStoreContract('EventStoreDB (protocol double)', (options) => makeLog(options, ''));

describeEventStoreContract('EventStoreDB (protocol double) shared with another system', async (options) => {
  const made = await makeLog(options, 'north/');
  const stranger = await made.stranger();
  for (const id of ['1', 'busy', '299']) {
    await stranger.append(streamName('test.case', id), [newTestEvent('not ours')], 'no-stream');
  }
  return made;
});
