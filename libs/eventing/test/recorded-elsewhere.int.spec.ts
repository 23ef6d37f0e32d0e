import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { openEventStoreDb, openSqliteEventStore, type EventStore } from '@city311/eventing';
import { streamName } from '@city311/kernel';
import { newTestEvent, startEventStoreDouble } from '@city311/testing';

const stream = streamName('test.thing', 'a');
const times = ['2020-01-01T00:00:00.000Z', '2020-01-02T00:00:00.000Z'];

const keepsTimes = async (store: EventStore): Promise<void> => {
  const events = times.map((recordedTime) => ({ ...newTestEvent(), recordedTime }));
  await store.appendRecorded?.(stream, events, 'no-stream');
  await store.append(stream, [{ ...newTestEvent(), recordedTime: 'of no meaning here' } as never], 1);
  const found = await store.readStream(stream);
  expect(found.slice(0, 2).map(({ recordedTime }) => recordedTime)).toEqual(times);
  expect(Date.parse(found[2]?.recordedTime ?? '')).toBeGreaterThan(Date.now() - 60_000);
  expect(found.map(({ id }) => id).slice(0, 2)).toEqual(events.map(({ id }) => id));
};

describe('Events that another store recorded keep the instants of that', () => {
  it('in SQLite', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'log-'));
    const store = await openSqliteEventStore({ folder });
    await keepsTimes(store);
    await store.close();
    await rm(folder, { recursive: true });
  });

  it('on EventStoreDB (protocol double)', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'esdb-'));
    const server = await startEventStoreDouble({ folder });
    const store = await openEventStoreDb({ url: server.url });
    await keepsTimes(store);
    await store.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });
});
