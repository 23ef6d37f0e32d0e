import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openSqliteEventStore, type EventStore } from '@city311/eventing';
import { describeEventStoreContract, type StoreUnderTestOptions } from '@city311/testing';

const makeLog = async (options: StoreUnderTestOptions) => {
  const folder = await mkdtemp(join(tmpdir(), 'log-'));
  const opened: EventStore[] = [];
  const open = async (): Promise<EventStore> => {
    const store = await openSqliteEventStore({ folder, ...options });
    opened.push(store);
    return store;
  };
  const dispose = async (): Promise<void> => {
    for (const store of opened) await store.close();
    await rm(folder, { recursive: true });
  };
  return { open, dispose };
};

describeEventStoreContract('the SQLite log', async (options) => {
  const { open, dispose } = await makeLog(options);
  return { store: await open(), another: open, dispose };
});

describeEventStoreContract('the SQLite log behind the process that writes it', async (options) => {
  const { open, dispose } = await makeLog(options);
  const writer = await open();
  return { store: await open(), another: () => Promise.resolve(writer), dispose };
});
