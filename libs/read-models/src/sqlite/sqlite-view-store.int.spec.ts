import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { describeViewStoreContract, samplePosition, sampleProjection } from '@city311/testing';

import { openSqliteViewStore } from './sqlite-view-store.js';

describeViewStoreContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'views-'));
  return {
    open: () => Promise.resolve(openSqliteViewStore({ folder })),
    dispose: () => rm(folder, { recursive: true }),
  };
});

describe('A view of the SQLite store', () => {
  it('has not caught up with anything once its store is closed, and lets those go who wait', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'views-'));
    const store = openSqliteViewStore({ folder });
    const { view } = await store.open(sampleProjection());
    const waiting = view.caughtUp(samplePosition(9), 3_600_000);
    await store.close();
    expect(await waiting).toBe(false);
    expect(await view.caughtUp(samplePosition(1), 3_600_000)).toBe(false);
    await rm(folder, { recursive: true });
  });
});
