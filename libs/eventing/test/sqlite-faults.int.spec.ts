import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { openSqliteEventStore, type EventStore, type SqliteEventStoreOptions } from '@city311/eventing';
import { streamName, TransientError, type Category } from '@city311/kernel';
import { collectEvents, newTestEvent, until } from '@city311/testing';
import Database from 'better-sqlite3';

import { startLocalWriter } from '../src/sqlite/local-writer.js';
import type { EncodedAppend } from '../src/sqlite/writer-protocol.js';
import { wholeLog } from './log-checks.js';

const stream = (id: string | number) => streamName('test.case', String(id));

describe('the SQLite log when things break', () => {
  let folder: string;
  const opened: EventStore[] = [];
  const open = async (options: Partial<SqliteEventStoreOptions> = {}): Promise<EventStore> => {
    const store = await openSqliteEventStore({ folder, ...options });
    opened.push(store);
    return store;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'log-'));
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    await rm(folder, { recursive: true });
  });

  it('refuses appends that the disk has no room for, whole, and takes later ones that fit', async () => {
    const store = await open({ maxLogBytes: 400_000 });
    const tooMuch = Array.from({ length: 20 }, (_, id) =>
      store.append(stream(id), [newTestEvent('small'), newTestEvent('x'.repeat(50_000))], 'no-stream'),
    );
    for (const result of await Promise.allSettled(tooMuch)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { name: 'TransientError' } });
    }
    expect(await store.head()).toBeNull();

    await store.append(stream(1), [newTestEvent('fits')], 'no-stream');
    expect(await store.readStream(stream(1))).toMatchObject([{ data: 'fits', sequence: 0 }]);
    await store.close();
    const larger = await open();
    await larger.append(stream(1), [newTestEvent('x'.repeat(500_000))], 0);
    expect(await larger.readStream(stream(1))).toHaveLength(2);
  });

  it('refuses more appends than it may hold, and goes on', async () => {
    const store = await open({ maxPendingAppends: 10 });
    const results = await Promise.allSettled(
      Array.from({ length: 15 }, (_, id) => store.append(stream(id), [newTestEvent()], 'no-stream')),
    );
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual(
      results.map((_, index) => index < 10),
    );
    expect(results.at(-1)).toMatchObject({ reason: { name: 'TransientError' } });
    await store.append(stream('later'), [newTestEvent()], 'no-stream');
  });

  it('answers what is in flight when it is closed, and refuses what comes after', async () => {
    const store = await open();
    const inFlight = store.append(stream(1), [newTestEvent()], 'no-stream');
    await store.close();
    await expect(inFlight).resolves.toMatchObject({ revision: 0 });
    await expect(store.append(stream(2), [newTestEvent()], 'no-stream')).rejects.toThrow(TransientError);
  });

  it('ends its followers when it is closed', async () => {
    const store = await open();
    const following = collectEvents(store, ['test.case' as Category], 1);
    await store.close();
    expect((await following).events).toEqual([]);
  });

  it('serves followers from the file and from memory alike, with a memory of a few events', async () => {
    const store = await open({ recentEvents: 16 });
    const followers = [1, 5, 100].map((batchSize) =>
      collectEvents(store, ['test.case' as Category], 500, { batchSize, timeoutMs: 10_000 }),
    );
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(
        Array.from({ length: 50 }, (_, id) => store.append(stream(id % 7), [newTestEvent()], 'any')),
      );
    }
    const log = await wholeLog(store, 'test.case');
    for (const { events } of await Promise.all(followers)) expect(events).toEqual(log);
  });

  describe('with two doors to one folder', () => {
    it('hands the writing over when the writer is closed, and loses or doubles nothing of what waited', async () => {
      const first = await open();
      const second = await open();
      let closing: Promise<void> | undefined;
      const answers = [];
      for (let index = 0; index < 300; index += 1) {
        answers.push(second.append(stream(index % 10), [newTestEvent(index)], 'any'));
        if (index === 150) closing = first.close();
        if (index % 10 === 0) await answers.at(-1);
      }
      await Promise.all(answers);
      await closing;
      const log = await wholeLog(second, 'test.case');
      expect(log.map(({ data }) => data)).toHaveLength(300);
      expect(new Set(log.map(({ id }) => id)).size).toBe(300);
    });

    it('wakes a follower behind the writer, and the writer’s own for an append through it', async () => {
      const first = await open();
      const second = await open();
      for (const [from, to] of [
        [first, second],
        [second, first],
      ] as const) {
        const waitsMs: number[] = [];
        for (let turn = 0; turn < 5; turn += 1) {
          const head = await from.head();
          const startedAt = performance.now();
          const following = collectEvents(to, ['test.case' as Category], 1, { after: head });
          await from.append(stream('woken'), [newTestEvent()], 'any');
          expect((await following).events).toHaveLength(1);
          waitsMs.push(performance.now() - startedAt);
        }
        // One that is not woken looks again after a second; the median, as a busy machine may delay any one of them.
        expect(waitsMs.toSorted((a, b) => a - b)[2]).toBeLessThan(500);
      }
    });
  });
});

describe('the writer thread', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'log-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const start = (onLost: () => void = () => undefined, leaseMs = 60_000) =>
    startLocalWriter({ file: join(folder, 'events.db'), leaseMs, cachedStreams: 10, maxPages: null }, onLost);
  const append = (id: string, more: Partial<EncodedAppend> = {}): EncodedAppend => ({
    stream: 'test.case-1',
    category: 'test.case',
    expected: -2,
    texts: [JSON.stringify([id]), '1', JSON.stringify([`${id}b`]), '2'],
    retried: false,
    ...more,
  });

  it('writes nothing once another holds the lease', async () => {
    const [zombie, successor] = [await start(), await start()];
    try {
      const { lease } = await zombie.acquire('zombie', 'a', null);
      await zombie.write([append('1')]);
      expect(await successor.acquire('successor', 'b', null)).toMatchObject({ acquired: false, lease });
      expect(await successor.write([append('x')])).toMatchObject({ outcome: 'fenced' });
      expect(await successor.acquire('successor', 'b', lease.token)).toMatchObject({
        acquired: true,
        lease: { token: lease.token + 1, holder: 'successor' },
      });
      expect(await zombie.write([append('2')])).toMatchObject({ outcome: 'fenced' });
      expect(await successor.write([append('3', { expected: 1 })])).toMatchObject({
        results: [{ outcome: 'written', revision: 3, position: 4 }],
      });
    } finally {
      await zombie.close();
      await successor.close();
    }
  });

  it('writes an append that is sent again only where the first try did not arrive', async () => {
    const writer = await start();
    try {
      await writer.acquire('writer', 'a', null);
      expect(await writer.write([append('1', { expected: -1 }), append('2')])).toMatchObject({
        results: [{ revision: 1, position: 2 }, { revision: 3, position: 4 }], // prettier-ignore
      });
      expect(
        await writer.write([
          append('1', { expected: -1, retried: true }),
          append('2', { retried: true }),
          append('3', { retried: true }),
          append('3', { retried: true }),
          append('4', { expected: -1, retried: true }),
        ]),
      ).toEqual({
        outcome: 'committed',
        results: [
          { outcome: 'already-written', revision: 1, position: 2 },
          { outcome: 'already-written', revision: 3, position: 4 },
          { outcome: 'written', revision: 5, position: 6 },
          { outcome: 'already-written', revision: 5, position: 6 },
          { outcome: 'conflict', actual: 5 },
        ],
      });
    } finally {
      await writer.close();
    }
  });

  it('tells that its lease is lost when a write is fenced, and not when one is committed, or fails', async () => {
    let lost = 0;
    const writer = await start(() => (lost += 1));
    const other = new Database(join(folder, 'events.db'));
    try {
      await writer.acquire('writer', 'a', null);
      for (const id of ['1', '2']) await writer.write([append(id)]);
      other.exec('ALTER TABLE writer_lease RENAME TO away');
      expect(await writer.write([append('3')])).toMatchObject({ outcome: 'failed' });
      other.exec('ALTER TABLE away RENAME TO writer_lease');
      expect(await writer.write([append('4')])).toMatchObject({ outcome: 'committed' });
      expect(lost).toBe(0);
      other.exec('UPDATE writer_lease SET token = token + 1');
      expect(await writer.write([append('5')])).toMatchObject({ outcome: 'fenced' });
      // The answer comes first, then the news.
      await until(() => lost === 1);
    } finally {
      other.close();
      await writer.close();
    }
  });

  it('tells that its lease is lost even where nobody writes', async () => {
    let lost = 0;
    const writer = await start(() => (lost += 1), 30);
    const other = new Database(join(folder, 'events.db'));
    try {
      await writer.acquire('writer', 'a', null);
      other.exec('UPDATE writer_lease SET token = token + 1');
      await until(() => lost === 1);
    } finally {
      other.close();
      await writer.close();
    }
  });

  it('does not take a lease for lost that it could not renew for a while', async () => {
    let lost = 0;
    const leaseMs = 30;
    const writer = await start(() => (lost += 1), leaseMs);
    const other = new Database(join(folder, 'events.db'));
    const expiresAt = other.prepare<[], number>('SELECT expires_at FROM writer_lease').pluck();
    try {
      await writer.acquire('writer', 'a', null);
      other.exec('ALTER TABLE writer_lease RENAME TO away');
      for (let turn = 0; turn < 5; turn += 1) {
        await pause(leaseMs);
        // Answered by the thread itself, which renews between two of these.
        expect(await writer.write([append(String(turn))])).toMatchObject({ outcome: 'failed' });
      }
      other.exec('ALTER TABLE away RENAME TO writer_lease');
      const before = expiresAt.get() ?? 0;
      await until(() => (expiresAt.get() ?? 0) > before);
      expect(await writer.write([append('9')])).toMatchObject({ outcome: 'committed' });
      expect(lost).toBe(0);
    } finally {
      other.close();
      await writer.close();
    }
  });

  it('listens at a socket that nobody else may use', async () => {
    const writer = await start();
    const path = join(folder, 'w.sock');
    try {
      await writer.listen(path);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    } finally {
      await writer.close();
    }
  });
});
