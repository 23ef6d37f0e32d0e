import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sampleEvent, samplePosition, sampleProjection } from '@city311/testing';
import Database from 'better-sqlite3';

import type { Feed } from '../read-models.js';
import { openDatabase } from './open-database.js';
import { openSqliteViewStore } from './sqlite-view-store.js';

const opened = ['a', 'b', 'c'].map((key) => sampleEvent('opened', key, 0, { title: key }));

describe('views.db', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'views-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  /** As another process would see it. */
  const tables = (): string[] => {
    const database = new Database(join(folder, 'views.db'), { readonly: true });
    try {
      return database
        .prepare<[], string>(
          "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '%\\_\\_g%' ESCAPE '\\'",
        )
        .pluck()
        .all();
    } finally {
      database.close();
    }
  };

  it('is opened with synchronous=NORMAL every time', () => {
    for (let i = 0; i < 2; i += 1) {
      const database = openDatabase(join(folder, 'views.db'), { cacheMegabytes: 1, mmapMegabytes: 0 });
      expect(database.pragma('synchronous', { simple: true })).toBe(1);
      expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
      database.close();
    }
  });

  it('is read by a second store while the first applies, rebuilds and swaps', async () => {
    const writer = openSqliteViewStore({ folder });
    const reader = openSqliteViewStore({ folder });
    const { view } = await writer.open(sampleProjection());
    const { view: elsewhere } = await reader.open(sampleProjection());
    await view.apply(opened, samplePosition(3));
    expect(await elsewhere.caughtUp(samplePosition(3), 1000)).toBe(true);
    const feed = async function* (): Feed {
      yield await Promise.resolve({ events: opened, position: samplePosition(3) });
    };
    await writer.rebuild(sampleProjection(), feed());
    await view.apply([sampleEvent('erased', 'b', 1)], samplePosition(4));
    expect((await elsewhere.find({})).items.map((doc) => doc.number)).toEqual(['a', 'c']);
    await Promise.all([writer.close(), reader.close()]);
  });

  it('keeps no document in memory that another store has changed', async () => {
    const [one, two] = [openSqliteViewStore({ folder }), openSqliteViewStore({ folder })];
    const { view: first } = await one.open(sampleProjection());
    const { view: second } = await two.open(sampleProjection());
    await first.apply(opened, samplePosition(3));
    await second.apply([sampleEvent('moved', 'a', 1, { department: 'PWD' })], samplePosition(4));
    await first.apply([sampleEvent('closed', 'a', 2)], samplePosition(5));
    expect(await second.get('a')).toMatchObject({ department: 'PWD', status: 'closed', steps: 3 });
    await Promise.all([one.close(), two.close()]);
  });

  it('loses what a crashed rebuild left behind, and only that', async () => {
    const crashing = openSqliteViewStore({ folder, pendingDocuments: 1 });
    const { view } = await crashing.open(sampleProjection());
    await view.apply(opened, samplePosition(3));
    const feed = async function* (): Feed {
      yield await Promise.resolve({ events: opened, position: samplePosition(2) });
      expect(tables()).toContain('samples__g2');
      const meanwhile = openSqliteViewStore({ folder });
      await meanwhile.close();
      expect(tables()).toContain('samples__g2');
      await crashing.close();
      yield { events: [], position: samplePosition(3) };
    };
    await expect(crashing.rebuild(sampleProjection(), feed())).rejects.toThrow();
    expect(tables()).toContain('samples__g2');

    const next = openSqliteViewStore({ folder });
    const { view: again } = await next.open(sampleProjection());
    expect(await again.count({})).toEqual([{ group: {}, count: 3 }]);
    while (tables().includes('samples__g2')) await new Promise(setImmediate);
    await next.close();
  });

  it('drops the old generation after a swap', async () => {
    const store = openSqliteViewStore({ folder });
    const { view } = await store.open(sampleProjection());
    await view.apply(opened, samplePosition(3));
    const feed = async function* (): Feed {
      yield await Promise.resolve({ events: opened, position: samplePosition(3) });
    };
    await store.rebuild(sampleProjection(), feed());
    while (tables().some((table) => table.startsWith('samples__g1'))) await new Promise(setImmediate);
    expect(tables()).toContain('samples__g2');
    await store.close();
  });
});
