import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from 'better-sqlite3';

import { Catalogue } from './catalogue.js';
import { dropCondemned } from './leftovers.js';
import { openDatabase } from './open-database.js';
import { tablesOf } from './tables.js';

const { docs } = tablesOf('left_over', 1);

describe('Tables that nobody reads any more', () => {
  let folder: string;
  const open = (): { readonly database: Database; readonly catalogue: Catalogue } => {
    const database = openDatabase(join(folder, 'views.db'), { cacheMegabytes: 1, mmapMegabytes: 0 });
    return { database, catalogue: new Catalogue(database) };
  };
  const rows = (database: Database): number | undefined =>
    database.prepare<[], number>(`SELECT count(*) FROM ${docs}`).pluck().get();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'leftovers-'));
    const { database, catalogue } = open();
    catalogue.add('left_over', 'dropping', 1, '{}', null);
    database.exec(`CREATE TABLE ${docs} (id INTEGER PRIMARY KEY);
      WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 5000)
      INSERT INTO ${docs} SELECT id FROM n`);
    database.close();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are dropped in pieces, and forgotten', async () => {
    const { database, catalogue } = open();
    await dropCondemned(database, catalogue);
    expect(catalogue.in('dropping')).toEqual([]);
    expect(() => rows(database)).toThrow('no such table');
    database.close();
  });

  it('are left alone once the file is closed', async () => {
    const { database, catalogue } = open();
    database.close();
    await dropCondemned(database, catalogue);
  });

  it('wait for the next start where the file is closed between two pieces', async () => {
    const first = open();
    const dropping = dropCondemned(first.database, first.catalogue);
    for (let left = rows(first.database); left === 5_000; left = rows(first.database)) await nextTurn();
    first.database.close();
    await dropping;
    const next = open();
    expect(next.catalogue.in('dropping')).toHaveLength(1);
    expect(rows(next.database)).toBeLessThan(5_000);
    await dropCondemned(next.database, next.catalogue);
    expect(next.catalogue.in('dropping')).toEqual([]);
    next.database.close();
  });
});
