import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { streamName, type Category } from '@city311/kernel';
import { newTestEvent } from '@city311/testing';

import { backUpSqliteFile, checkSqliteFile } from './back-up.js';
import { readSqliteLogFacts } from './log-facts.js';
import { openSqliteEventStore } from './sqlite-event-store.js';

const category = 'test.thing' as Category;

describe('A copy of the log', () => {
  let folder = '';
  let other = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'log-'));
    other = await mkdtemp(join(tmpdir(), 'copy-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
    await rm(other, { recursive: true, force: true });
  });

  it('is made while others append, and holds a beginning of the log without gaps', async () => {
    const store = await openSqliteEventStore({ folder });
    const stopping = new AbortController();
    let written = 0;
    const writer = (async () => {
      while (!stopping.signal.aborted) {
        await store.append(streamName(category, `s${written}`), [newTestEvent({ n: written })], 'no-stream');
        written += 1;
      }
    })();
    while (written < 300) await new Promise((resolve) => setTimeout(resolve, 5));
    const before = written;
    await backUpSqliteFile(join(folder, 'events.db'), join(other, 'events.db'));
    stopping.abort();
    await writer;
    await store.close();

    const facts = readSqliteLogFacts(other);
    expect(facts?.events).toBeGreaterThanOrEqual(before);
    expect(facts?.writer).toBeNull();
    expect((await stat(join(other, 'events.db'))).mode & 0o777).toBe(0o600);
    const copy = await openSqliteEventStore({ folder: other });
    const { events } = await copy.readCategories([category], null, 100_000);
    expect(events.map(({ data }) => data)).toEqual(events.map((_, n) => ({ n })));
    await copy.close();
  });

  it('is not written over a file that is there', async () => {
    await (await openSqliteEventStore({ folder })).close();
    const copy = join(other, 'events.db');
    await backUpSqliteFile(join(folder, 'events.db'), copy);
    await expect(backUpSqliteFile(join(folder, 'events.db'), copy)).rejects.toThrow(/EEXIST/);
  });

  it('is told to be damaged when it was cut short', async () => {
    const store = await openSqliteEventStore({ folder });
    for (let n = 0; n < 50; n += 1)
      await store.append(streamName(category, `s${n}`), [newTestEvent({ text: 'x'.repeat(2_000) })], 'any');
    await store.close();
    const copy = join(other, 'events.db');
    await backUpSqliteFile(join(folder, 'events.db'), copy);
    expect(() => checkSqliteFile(copy)).not.toThrow();
    await truncate(copy, 40_960);
    expect(() => checkSqliteFile(copy)).toThrow();
  });
});

describe('Facts of a log', () => {
  it('are none where there is no log, and count streams and events by category', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'log-'));
    expect(readSqliteLogFacts(folder)).toBeNull();
    const store = await openSqliteEventStore({
      folder,
      processName: 'pid-1',
      clock: () => '2026-01-01T00:00:00.000Z',
    });
    await store.append(streamName(category, 'a'), [newTestEvent(), newTestEvent()], 'no-stream');
    await store.append(streamName('test.other', 'a'), [newTestEvent()], 'no-stream');
    expect(readSqliteLogFacts(folder)).toMatchObject({
      categories: [
        { category: 'test.other', streams: 1, events: 1 },
        { category: 'test.thing', streams: 1, events: 2 },
      ],
      events: 3,
      newestRecordedTime: '2026-01-01T00:00:00.000Z',
      writer: { holder: 'pid-1' },
    });
    await store.close();
    expect(readSqliteLogFacts(folder)?.writer?.expiresAt).toBe(0);
    await rm(folder, { recursive: true, force: true });
  });
});
