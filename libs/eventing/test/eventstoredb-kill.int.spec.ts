import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { openEventStoreDb } from '@city311/eventing';
import { streamName, type Category } from '@city311/kernel';
import {
  newTestEvent,
  spawnEventStoreDouble,
  startEventStoreDouble,
  type DoubleProcess,
} from '@city311/testing';

import { findAnomalies, wholeLog } from './log-checks.js';

const cases = ['test.case' as Category];

describe('An EventStoreDB that is killed', () => {
  let folder: string;
  let server: DoubleProcess;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'esdb-'));
    server = await spawnEventStoreDouble(folder);
  });
  afterEach(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it('has every event that was answered, each once, and its followers see them in order', async () => {
    const store = await openEventStoreDb({ url: server.url, appendTimeoutMs: 20_000 });
    const answered: { stream: string; revision: number; ids: string[] }[] = [];
    let going = true;
    const lane = async (number: number): Promise<void> => {
      for (let count = 0; going; count += 1) {
        const stream = streamName('test.case', `${number}-${count >> 3}`);
        const events = Array.from({ length: 1 + (count % 3) }, () => newTestEvent({ count }));
        const last = answered.findLast((append) => append.stream === stream)?.revision;
        const expected = number % 2 === 0 ? 'any' : (last ?? 'no-stream');
        const { revision } = await store.append(stream, events, expected);
        answered.push({ stream, revision, ids: events.map(({ id }) => id) });
      }
    };
    const controller = new AbortController();
    const followed: string[] = [];
    const following = (async () => {
      const options = { after: null, batchSize: 50, signal: controller.signal };
      for await (const { events } of store.follow(cases, options))
        followed.push(...events.map(({ id }) => id));
    })();
    const lanes = Array.from({ length: 8 }, (_, number) => lane(number));
    for (let round = 1; round <= 3; round += 1) {
      const goal = answered.length + 150;
      while (answered.length < goal) await delay(10);
      await server.restart();
    }
    const goal = answered.length + 50;
    while (answered.length < goal) await delay(10);
    going = false;
    await Promise.all(lanes);

    const log = await wholeLog(store, 'test.case');
    expect(findAnomalies(log, answered)).toEqual([]);
    expect(log).toHaveLength(answered.reduce((sum, { ids }) => sum + ids.length, 0));
    while (followed.length < log.length) await delay(10);
    expect(followed).toEqual(log.map(({ id }) => id));
    controller.abort();
    await following;
    await store.close();
  }, 40_000);

  it('cuts off what was torn, and writes on behind what is whole', async () => {
    const store = await openEventStoreDb({ url: server.url });
    await store.append(streamName('test.case', '1'), [newTestEvent('whole')], 'no-stream');
    await server.kill();
    const journal = join(folder, 'events.journal');
    const { size } = await stat(journal);
    await appendFile(journal, Buffer.from('c8000000112233440100000009', 'hex'));
    await server.restart();
    await store.append(streamName('test.case', '1'), [newTestEvent('after')], 0);
    await server.kill();
    await appendFile(journal, Buffer.alloc(300));
    await server.restart();

    expect(await store.readStream(streamName('test.case', '1'))).toMatchObject([
      { data: 'whole' },
      { data: 'after' },
    ]);
    expect((await stat(journal)).size).toBeGreaterThan(size);
    await store.close();
  }, 20_000);

  it('opens only a journal of its own', async () => {
    const other = await mkdtemp(join(tmpdir(), 'esdb-'));
    await appendFile(join(other, 'events.journal'), 'something else altogether, and long enough');
    await expect(startEventStoreDouble({ folder: other })).rejects.toThrow('no event journal');
    await rm(other, { recursive: true });
  });
});
