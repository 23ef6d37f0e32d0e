import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { openSqliteEventStore } from '@city311/eventing';
import { streamName } from '@city311/kernel';
import { newTestEvent } from '@city311/testing';

import { answeredAppends, runChild, type Child } from './child-process.js';
import { findAnomalies, wholeLog } from './log-checks.js';

/** A process stopped inside a transaction keeps SQLite's lock, and nobody can write before it wakes or dies. */
const stopBetweenTransactions = async (child: Child, folder: string): Promise<void> => {
  const db = new Database(join(folder, 'events.db'), { timeout: 0 });
  try {
    for (;;) {
      child.kill('SIGSTOP');
      await delay(10);
      try {
        db.exec('BEGIN IMMEDIATE; ROLLBACK');
        return;
      } catch {
        child.kill('SIGCONT');
        await delay(5);
      }
    }
  } finally {
    db.close();
  }
};

describe('a log whose writer is killed', () => {
  let folder: string;
  let children: Child[];
  const start = (...args: Parameters<typeof runChild>): Child => {
    const child = runChild(...args);
    children.push(child);
    return child;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'log-'));
    children = [];
  });
  afterEach(async () => {
    for (const child of children) {
      child.kill('SIGKILL');
      await child.exited;
    }
    await rm(folder, { recursive: true });
  });

  it('has every event that was answered, and no append in part', async () => {
    const answered = [];
    for (const round of [1, 2]) {
      const child = start('append-forever.ts', [folder, `round-${round}`, '8']);
      await child.until((_, index) => index > 300 * round);
      child.kill('SIGKILL');
      await child.exited;
      answered.push(...answeredAppends(child.lines));
    }
    const store = await openSqliteEventStore({ folder });
    try {
      const log = await wholeLog(store, 'test.case');
      expect(answered.length).toBeGreaterThan(900);
      expect(findAnomalies(log, answered)).toEqual([]);
      // the appends that were killed before their answer: whole or not there
      const answeredIds = new Set(answered.flatMap(({ ids }) => ids));
      const unanswered = log.filter(({ id }) => !answeredIds.has(id));
      expect(unanswered.length).toBeLessThanOrEqual(2 * 8 * 3);
      await expect(
        store.append(streamName('test.case', 'after'), [newTestEvent()], 'no-stream'),
      ).resolves.toMatchObject({
        revision: 0,
      });
    } finally {
      await store.close();
    }
  }, 40_000);

  it('is written on by another process at once, which sends again what had no answer, once', async () => {
    const writer = start('append-forever.ts', [folder, 'writer', '4', '1']);
    await writer.until((line) => line.startsWith('+'));
    const others = [1, 2].map((index) => start('append-forever.ts', [folder, `other-${index}`, '4', '1']));
    for (const other of others) await other.until((_, index) => index > 100);
    writer.kill('SIGKILL');
    const killedAt = performance.now();
    const store = await openSqliteEventStore({ folder });
    try {
      await store.append(streamName('test.case', 'after'), [newTestEvent()], 'no-stream');
      expect(performance.now() - killedAt).toBeLessThan(3_000); // far below the five seconds of the lease
      for (const other of others) {
        const seen = other.lines.length;
        await other.until((_, index) => index > seen + 100);
        other.kill('SIGKILL');
        await other.exited;
      }
      const answered = [writer, ...others].flatMap(({ lines }) => answeredAppends(lines));
      expect(others.flatMap(({ lines }) => lines.filter((line) => line.startsWith('!')))).toEqual([]);
      expect(findAnomalies(await wholeLog(store, 'test.case'), answered)).toEqual([]);
    } finally {
      await store.close();
    }
    expect((await readdir(folder)).filter((name) => name.endsWith('.sock')).length).toBeLessThanOrEqual(1);
  }, 40_000);

  it('goes to another process when its writer only falls silent, and keeps that one out when it wakes', async () => {
    const leaseMs = 600;
    const sleeper = start('append-forever.ts', [folder, 'sleeper', '2', '60', String(leaseMs)]);
    await sleeper.until((_, index) => index > 10);
    const store = await openSqliteEventStore({ folder, leaseMs });
    try {
      await store.append(streamName('test.case', 'before'), [newTestEvent()], 'no-stream');
      await stopBetweenTransactions(sleeper, folder);
      await store.append(streamName('test.case', 'meanwhile'), [newTestEvent()], 'no-stream');
      sleeper.kill('SIGCONT');
      const seen = sleeper.lines.length;
      await sleeper.until((line, index) => index > seen + 10 && line.startsWith('+'));
      sleeper.kill('SIGKILL');
      await sleeper.exited;
      await delay(50);

      const log = await wholeLog(store, 'test.case');
      expect(findAnomalies(log, answeredAppends(sleeper.lines))).toEqual([]);
      const refusals = sleeper.lines.filter((line) => line.startsWith('!'));
      expect(refusals.every((line) => line.startsWith('! TransientError'))).toBe(true);
    } finally {
      await store.close();
    }
  }, 40_000);
});
