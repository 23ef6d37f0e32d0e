import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeViewStoreContract } from '@city311/testing';

import { openSqliteViewStore } from './sqlite-view-store.js';

describeViewStoreContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'views-'));
  return {
    open: () => Promise.resolve(openSqliteViewStore({ folder })),
    dispose: () => rm(folder, { recursive: true }),
  };
});
