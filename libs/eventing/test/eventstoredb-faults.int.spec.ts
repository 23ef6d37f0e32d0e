import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import {
  openEventStoreDb,
  type EventBatch,
  type EventStoreDb,
  type EventStoreDbOptions,
} from '@city311/eventing';
import { streamName, TransientError, type Category, type RecordedEvent } from '@city311/kernel';
import { newTestEvent, startEventStoreDouble, type EventStoreDouble } from '@city311/testing';

const cases = ['test.case' as Category];
const stream = (id: string | number) => streamName('test.case', String(id));
const nextEvents = async (batches: AsyncIterator<EventBatch>): Promise<readonly RecordedEvent[]> => {
  const next = await batches.next();
  return next.done === true ? [] : next.value.events;
};
const data = (events: readonly RecordedEvent[]): unknown[] => events.map((event) => event.data);

describe('An EventStoreDB that fails for a while', () => {
  let folder: string;
  let server: EventStoreDouble;
  let store: EventStoreDb;
  let lines: string[];
  const open = (options: Partial<EventStoreDbOptions> = {}) =>
    openEventStoreDb({ url: server.url, log: (line) => lines.push(line), ...options });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'esdb-'));
    server = await startEventStoreDouble({ folder });
    lines = [];
    store = await open();
  });
  afterEach(async () => {
    Object.assign(server.faults, { refuse: false, slowReadMs: 0, delayMs: 0 });
    await store.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it('gets an append whose answer was lost once more and writes it once, whatever was expected', async () => {
    for (const expected of ['no-stream', 'any', 2] as const) {
      if (expected === 2)
        await store.append(stream(2), [newTestEvent(), newTestEvent(), newTestEvent()], 'no-stream');
      server.faults.loseAnswers = 1;
      const events = [newTestEvent('a'), newTestEvent('b')];
      const appended = await store.append(stream(expected), events, expected);

      const found = await store.readStream(stream(expected), expected === 2 ? 3 : 0);
      expect(data(found)).toEqual(['a', 'b']);
      expect(appended).toEqual({ revision: found[1]?.sequence, position: found[1]?.position });
    }
    expect(server.calls.get('batchAppend')).toBe(4);
  });

  it('does not take for its own the append of another that came in between', async () => {
    const patient = await open({ resendAfterMs: 500 });
    server.faults.swallowAppends = 1;
    const ours = patient.append(stream(1), [newTestEvent('ours')], 'no-stream');
    await delay(100);
    await store.append(stream(1), [newTestEvent('theirs')], 'no-stream');

    await expect(ours).rejects.toMatchObject({ name: 'VersionConflictError', actual: 0 });
    expect(data(await store.readStream(stream(1)))).toEqual(['theirs']);
    await patient.close();
  });

  it('is told to write again what it swallowed', async () => {
    const patient = await open({ resendAfterMs: 300 });
    server.faults.swallowAppends = 1;
    await expect(patient.append(stream(1), [newTestEvent()], 'no-stream')).resolves.toMatchObject({
      revision: 0,
    });
    await patient.close();
  });

  it('leaves an append open, and says so, when there is no answer in time', async () => {
    const hasty = await open({ appendTimeoutMs: 400 });
    server.faults.swallowAppends = 10;
    const lost = hasty.append(stream(1), [newTestEvent()], 'no-stream');
    await expect(lost).rejects.toThrow(TransientError);
    await expect(lost).rejects.toThrow('may stand');
    server.faults.swallowAppends = 0;
    await hasty.close();
  });

  it('keeps the order of unconditional appends through lost connections', async () => {
    server.faults.delayMs = 2;
    const written = Array.from({ length: 300 }, (_, index) => {
      const appended = store.append(stream(1), [newTestEvent(index)], 'any');
      if (index % 100 === 50) setTimeout(server.dropConnections, 1);
      return appended;
    });
    const revisions = (await Promise.all(written)).map(({ revision }) => revision);
    expect(revisions).toEqual(Array.from({ length: 300 }, (_, index) => index));
    expect(data(await store.readStream(stream(1)))).toEqual(revisions);
  });

  it('loses no follower its place when connections are cut, again and again', async () => {
    const seen: unknown[] = [];
    const controller = new AbortController();
    const following = (async () => {
      const options = { after: null, batchSize: 10, signal: controller.signal };
      for await (const batch of store.follow(cases, options)) {
        seen.push(...data(batch.events));
        if (seen.length >= 200) break;
      }
    })();
    for (let index = 0; index < 200; index += 1) {
      await store.append(stream(index), [newTestEvent(index)], 'no-stream');
      if (index % 25 === 24) server.dropConnections();
    }
    await following;
    expect(seen).toEqual(Array.from({ length: 200 }, (_, index) => index));
    controller.abort();
  }, 20_000);

  it('is found again by whoever waits, and the log says when it was away', async () => {
    const controller = new AbortController();
    const following = store.follow(cases, { after: null, batchSize: 10, signal: controller.signal });
    const first = nextEvents(following[Symbol.asyncIterator]());
    await delay(50);
    server.faults.refuse = true;
    server.dropConnections();
    await expect(store.ping(300)).rejects.toThrow(TransientError);
    expect(store.status().connected).toBe(false);
    const waiting = store.append(stream(1), [newTestEvent('late')], 'no-stream');
    await delay(500);
    server.faults.refuse = false;

    await waiting;
    expect(data(await first)).toEqual(['late']);
    await store.ping();
    expect(store.status()).toEqual({ connected: true, trouble: null });
    expect(lines.filter((line) => line.includes('away'))).toHaveLength(1);
    controller.abort();
  });

  it('sends no faster than a slow follower takes it', async () => {
    const padding = 'x'.repeat(50_000);
    for (let index = 0; index < 400; index += 1) {
      await store.append(stream(index), [newTestEvent({ index, padding })], 'no-stream');
    }
    const controller = new AbortController();
    const before = server.calls.get('message') ?? 0;
    const sent = (): number => (server.calls.get('message') ?? 0) - before;
    const following = store.follow(cases, { after: null, batchSize: 10, signal: controller.signal });
    const batches = following[Symbol.asyncIterator]();
    let seen = (await nextEvents(batches)).length;
    await delay(500);
    // the queue takes 64 messages or 4 MB, the connection and both its ends a little more; 400 wait
    expect(sent()).toBeLessThan(150);
    while (seen < 400) seen += (await nextEvents(batches)).length;
    expect(seen).toBe(400);
    controller.abort();
  }, 20_000);

  it('may read slowly without anybody losing patience', async () => {
    for (let index = 0; index < 5; index += 1)
      await store.append(stream(index), [newTestEvent(index)], 'any');
    server.faults.slowReadMs = 250;
    const controller = new AbortController();
    const seen: unknown[] = [];
    const options = { after: null, batchSize: 10, signal: controller.signal };
    for await (const batch of store.follow(cases, options)) {
      seen.push(...data(batch.events));
      if (seen.length >= 5) break;
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    controller.abort();
  });
});
