import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';

import { TransientError } from '@city311/kernel';

import { SharedCommit } from './shared-commit.js';

describe('Writes of several views', () => {
  let folder: string;
  let database: Database.Database;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'views-'));
    database = new Database(join(folder, 'views.db'));
    database.pragma('journal_mode = WAL');
    database.exec('CREATE TABLE rows (name TEXT PRIMARY KEY)');
  });
  afterEach(async () => {
    database.close();
    await rm(folder, { recursive: true });
  });
  const insert = (name: string) => (): (() => void) => {
    database.prepare('INSERT INTO rows VALUES (?)').run(name);
    return () => undefined;
  };
  const stored = () => database.prepare<[], string>('SELECT name FROM rows ORDER BY name').pluck().all();

  it('asked for in one turn are one transaction, and are told once it is committed', async () => {
    const commits = new SharedCommit(database, 0);
    const seen: string[] = [];
    const asking = ['a', 'b', 'c'].map((name) =>
      commits.run(() => {
        expect(database.inTransaction).toBe(true);
        insert(name)();
        seen.push(name);
        return () => {
          expect(database.inTransaction).toBe(false);
          seen.push(`after ${name}`);
        };
      }),
    );
    expect(stored()).toEqual([]);
    await Promise.all(asking);
    expect(seen).toEqual(['a', 'b', 'c', 'after a', 'after b', 'after c']);
    expect(stored()).toEqual(['a', 'b', 'c']);
  });

  it('do not fall with one that refuses before it wrote', async () => {
    const commits = new SharedCommit(database, 0);
    const refusing = () => {
      throw new TransientError('waits for its rebuild');
    };
    const results = await Promise.allSettled([
      commits.run(insert('a')),
      commits.run(refusing),
      commits.run(insert('c')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(stored()).toEqual(['a', 'c']);
  });

  it('are tried again one by one where one breaks the transaction', async () => {
    const commits = new SharedCommit(database, 0);
    const results = await Promise.allSettled([
      commits.run(insert('a')),
      commits.run(() => {
        insert('b')();
        return insert('a')();
      }),
      commits.run(insert('c')),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(stored()).toEqual(['a', 'c']);
  });

  it('that come soon after a commit wait for each other', async () => {
    const commits = new SharedCommit(database, 40);
    await commits.run(insert('a'));
    const early = commits.run(insert('b'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(stored()).toEqual(['a']);
    await Promise.all([early, commits.run(insert('c'))]);
    expect(stored()).toEqual(['a', 'b', 'c']);
  });
});
