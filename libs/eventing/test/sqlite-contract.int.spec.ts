import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openSqliteEventStore } from '@city311/eventing';
import { describeEventStoreContract } from '@city311/testing';

describeEventStoreContract('the SQLite log', async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'log-'));
  const store = await openSqliteEventStore({ folder, ...options });
  return {
    store,
    async dispose() {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
});
