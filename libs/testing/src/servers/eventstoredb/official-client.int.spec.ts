import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BACKWARDS,
  END,
  EventStoreDBClient,
  jsonEvent,
  MaxAppendSizeExceededError,
  NO_STREAM,
  START,
  streamNameFilter,
  StreamNotFoundError,
  WrongExpectedVersionError,
  type AllStreamResolvedEvent,
  type Position,
} from '@eventstore/db-client';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEventStoreDouble, type EventStoreDouble } from './index.js';

const event = (number: number) =>
  jsonEvent({ type: 'test.Counted.v1', data: { number }, metadata: { by: 'tests' } });

/** The client as its makers mean it to be used: what the double says must be what it understands. */
describe('The protocol double, asked by the official client', () => {
  let folder: string;
  let server: EventStoreDouble;
  let client: EventStoreDBClient;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'esdb-'));
    server = await startEventStoreDouble({ folder, maxAppendBytes: 10_000 });
    client = EventStoreDBClient.connectionString(server.url);
  });
  afterAll(async () => {
    await client.dispose();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it('appends in batches, checks revisions, and takes an append sent twice for one', async () => {
    const events = [event(1), event(2)];
    const first = await client.appendToStream('test.case-1', events, { expectedRevision: NO_STREAM });
    const again = await client.appendToStream('test.case-1', events, { expectedRevision: NO_STREAM });
    expect(again).toEqual(first);
    expect(first.nextExpectedRevision).toBe(1n);
    const wrong = client.appendToStream('test.case-1', event(3), { expectedRevision: 0n });
    await expect(wrong).rejects.toThrow(WrongExpectedVersionError);
    await expect(wrong).rejects.toMatchObject({ actualVersion: 1n, expectedVersion: 0n });
    const large = client.appendToStream(
      'test.case-1',
      jsonEvent({ type: 'Large', data: { a: 'x'.repeat(11_000) } }),
    );
    await expect(large).rejects.toThrow(MaxAppendSizeExceededError);
    expect(server.calls.get('append')).toBeUndefined();
  });

  it('appends by single calls where a call has its own credentials', async () => {
    const credentials = { username: 'city', password: 'secret' };
    const options = { credentials, expectedRevision: NO_STREAM } as const;
    const appended = await client.appendToStream('test.case-2', [event(1)], options);
    expect(appended.nextExpectedRevision).toBe(0n);
    const wrong = client.appendToStream('test.case-2', [event(2)], options);
    await expect(wrong).rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion: 0n });
    expect(server.calls.get('append')).toBe(2);
  });

  it('reads streams in both directions, and says when there is none', async () => {
    const numbers: unknown[] = [];
    for await (const { event: read } of client.readStream('test.case-1', {
      direction: BACKWARDS,
      fromRevision: END,
    })) {
      expect(read).toMatchObject({ metadata: { by: 'tests' }, isJson: true, streamId: 'test.case-1' });
      expect(Math.abs((read?.created.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
      numbers.push(read?.data);
    }
    expect(numbers).toEqual([{ number: 2 }, { number: 1 }]);
    const missing = client.readStream('test.case-none')[Symbol.asyncIterator]().next();
    await expect(missing).rejects.toThrow(StreamNotFoundError);
  });

  it('reads all from a place on, that one included, and backwards', async () => {
    const all: AllStreamResolvedEvent[] = [];
    for await (const read of client.readAll()) all.push(read);
    const position = all[1]?.event?.position ?? START;
    const later: AllStreamResolvedEvent[] = [];
    for await (const read of client.readAll({ fromPosition: position })) later.push(read);
    expect(later).toEqual(all.slice(1));
    const last: AllStreamResolvedEvent[] = [];
    for await (const read of client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 }))
      last.push(read);
    expect(last).toEqual(all.slice(-1));
  });

  it('sends a filtered subscription what it asks for behind its place, and checkpoints between', async () => {
    for (let number = 0; number < 25; number += 1) {
      await client.appendToStream(number % 5 === 0 ? 'test.order-1' : 'test.case-3', event(number));
    }
    const checkpoints: Position[] = [];
    const filter = streamNameFilter({
      prefixes: ['test.order-'],
      maxSearchWindow: 4,
      checkpointReached: async (_subscription, position) => void checkpoints.push(position),
    });
    const subscription = client.subscribeToAll({ fromPosition: START, filter });
    let caughtUp = 0;
    subscription.on('caughtUp', () => void (caughtUp += 1));
    const numbers: unknown[] = [];
    let fifth: Position | undefined;
    for await (const { event: read } of subscription) {
      numbers.push(read?.data);
      fifth = read?.position;
      if (numbers.length === 5) void client.appendToStream('test.order-2', event(100));
      if (numbers.length === 6) break;
    }
    expect(numbers).toEqual([0, 5, 10, 15, 20, 100].map((number) => ({ number })));
    expect(caughtUp).toBe(1);
    expect(checkpoints.length).toBeGreaterThan(2);
    expect(checkpoints.every(({ commit }) => commit <= (fifth?.commit ?? 0n))).toBe(true);
  });

  it('filters by a regular expression', async () => {
    const subscription = client.subscribeToAll({ filter: streamNameFilter({ regex: 'order-2$' }) });
    for await (const { event: read } of subscription) {
      expect(read?.streamId).toBe('test.order-2');
      break;
    }
  });
});
