import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';

import { TransientError } from '@city311/kernel';

import { WriteQueue } from './write-queue.js';

const open = () => {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE t (n INTEGER PRIMARY KEY)');
  const insert = db.prepare<[number]>('INSERT INTO t VALUES (?)');
  const log: string[] = [];
  const queue = new WriteQueue(db, () => log.push('rolled back'), 5);
  const rows = () => db.prepare<[], number>('SELECT n FROM t ORDER BY n').pluck().all();
  const add = (n: number) =>
    queue.run(
      () => {
        log.push(db.inTransaction ? `write ${n}` : 'no transaction');
        insert.run(n);
        return n;
      },
      () => log.push(db.inTransaction ? 'too early' : `committed ${n}`),
    );
  return { db, insert, log, queue, rows, add };
};

describe('WriteQueue', () => {
  it('commits what is asked for in one turn together, and answers in order afterwards', async () => {
    const { add, log } = open();
    expect(await Promise.all([add(1), add(2)])).toEqual([1, 2]);
    expect(log).toEqual(['write 1', 'write 2', 'committed 1', 'committed 2']);
  });

  it('fails only the write that cannot be done', async () => {
    const { add, rows, log } = open();
    const results = await Promise.allSettled([add(1), add(1), add(2)]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: expect.any(TransientError) });
    expect(rows()).toEqual([1, 2]);
    expect(log.filter((line) => line === 'rolled back')).toHaveLength(2);
  });

  it('lets lazy writes ride along, waits no longer than it says, and tries again what failed', async () => {
    const { add, queue, insert, rows, db } = open();
    const lazy = queue.runLazily(() => {
      insert.run(7);
    });
    await add(1);
    await lazy;
    expect(rows()).toEqual([1, 7]);
    db.exec('ALTER TABLE t RENAME TO hidden');
    const retried = queue.runLazily(() => {
      db.exec('INSERT INTO t VALUES (8)');
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    db.exec('ALTER TABLE hidden RENAME TO t');
    await retried;
    expect(rows()).toEqual([1, 7, 8]);
  });

  it('lets the event loop go on between writes that take long together, also where they fail', async () => {
    const { queue, insert, rows } = open();
    let turn = 0;
    const turning = setInterval(() => undefined, 1);
    const count = (): void => {
      turn += 1;
      if (turning.hasRef()) setImmediate(count);
    };
    count();
    const turns = new Set<number>();
    const slow = (n: number): Promise<void> =>
      queue.run(() => {
        turns.add(turn);
        for (const until = performance.now() + 6; performance.now() < until;);
        insert.run(n);
      });
    const results = await Promise.allSettled([1, 2, 3, 4, 4, 4, 5, 6].map(slow));
    turning.unref();
    clearInterval(turning);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(2);
    expect(rows()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(turns.size).toBeGreaterThanOrEqual(4);
  });

  it('writes all that waits where somebody must know it now', async () => {
    const { queue, insert, rows } = open();
    const writes = [1, 2, 3, 4].map((n) =>
      queue.run(() => {
        for (const until = performance.now() + 6; performance.now() < until;);
        insert.run(n);
      }),
    );
    queue.flush();
    expect(rows()).toEqual([1, 2, 3, 4]);
    await Promise.all(writes);
  });

  it('writes on closing what is still waiting, and takes nothing after that', async () => {
    const { add, queue, insert, rows } = open();
    const lazy = queue.runLazily(() => {
      insert.run(7);
    });
    const eager = add(1);
    queue.close();
    await Promise.all([lazy, eager]);
    expect(rows()).toEqual([1, 7]);
    await expect(add(2)).rejects.toThrow(TransientError);
  });
});
