import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  createCommandHandler,
  createEventCodec,
  openEventStoreDb,
  openSqliteEventStore,
  VersionConflictError,
  type CommandContext,
  type EventStore,
} from '@city311/eventing';
import { accept, refuse, streamName, type Decider, type Decision } from '@city311/kernel';
import { startEventStoreDouble } from '@city311/testing';

interface Counted {
  readonly type: 'Counted';
  readonly data: { readonly by: number; readonly note?: string };
}
type Count = { readonly type: 'Count'; readonly data: { readonly by: number; readonly note?: string } };
type Refused = { readonly code: 'over-ten'; readonly total: number };

const counter: Decider<number, Count, Counted, Refused> = {
  initialState: 0,
  decide({ data }, total): Decision<Counted, Refused> {
    if (Number.isNaN(data.by)) throw new Error('defect');
    if (data.by === 0) return accept();
    return total + data.by > 10 ? refuse({ code: 'over-ten', total }) : accept({ type: 'Counted', data });
  },
  evolve: (total, event) => total + event.data.by,
};
const codec = createEventCodec<Counted>({ context: 'test', types: { Counted: 1 } });
const context: CommandContext = {
  source: '/tests',
  subject: '260000012340',
  time: '2026-01-05T08:00:00.000Z',
  actor: 'key:tests',
  channel: 'phone',
  jurisdiction: 'boston',
  imported: false,
  correlationId: 'correlation-1',
  causationId: 'cause-1',
};
const count = (by: number, note?: string): Count => ({ type: 'Count', data: { by, ...(note && { note }) } });
const counterStream = (id: string) => streamName('test.counter', id);

const maxEventBytes = 2_000;

interface OpenedLog {
  readonly store: EventStore;
  readonly close: () => Promise<void>;
}

const engines: readonly (readonly [name: string, open: (folder: string) => Promise<OpenedLog>])[] = [
  [
    'the SQLite log',
    async (folder) => {
      const store = await openSqliteEventStore({ folder, maxEventBytes });
      return { store, close: () => store.close() };
    },
  ],
  [
    'EventStoreDB (protocol double)',
    async (folder) => {
      const server = await startEventStoreDouble({ folder });
      const store = await openEventStoreDb({ url: server.url, maxEventBytes });
      return { store, close: () => store.close().then(() => server.stop()) };
    },
  ],
];

describe.each(engines)('createCommandHandler over %s', (_name, open) => {
  let folder: string;
  let store: EventStore;
  let close: OpenedLog['close'];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'log-'));
    ({ store, close } = await open(folder));
  });
  afterEach(async () => {
    await close();
    await rm(folder, { recursive: true });
  });
  const makeHandler = (options = {}) => createCommandHandler(store, counter, codec, options);

  it('recalls a state that a command took further while the log was read, and keeps that one', async () => {
    await makeHandler().handle(counterStream('a'), count(1), context);
    const read = Promise.withResolvers<undefined>();
    const answer = Promise.withResolvers<undefined>();
    const readStreams = store.readStreams.bind(store);
    jest.spyOn(store, 'readStreams').mockImplementation(async (streams) => {
      const found = await readStreams(streams);
      read.resolve(undefined);
      await answer.promise;
      return found;
    });
    const reading = jest.spyOn(store, 'readStream');
    const handler = makeHandler();
    const recalled = handler.recall([counterStream('a')]);
    await read.promise;
    await handler.handle(counterStream('a'), count(2), context);
    answer.resolve(undefined);
    expect(await recalled).toEqual(new Map([[counterStream('a'), 3]]));
    reading.mockClear();
    expect(await handler.handle(counterStream('a'), count(3), context)).toMatchObject({ state: 6 });
    expect(reading).not.toHaveBeenCalled();
  });

  it('records what was decided, stamped with who, when and why', async () => {
    const handled = await makeHandler().handle(counterStream('a'), count(3), context);
    expect(handled).toEqual({
      outcome: 'accepted',
      events: [{ type: 'Counted', data: { by: 3 } }],
      state: 3,
      revision: 0,
    });
    expect(await store.readStream(counterStream('a'))).toMatchObject([
      { ...context, type: 'test.Counted.v1', data: { by: 3 }, sequence: 0 },
    ]);
  });

  it('gives a refusal with the state it was decided on, and writes nothing', async () => {
    const handler = makeHandler();
    await handler.handle(counterStream('a'), count(9), context);
    const refused = await handler.handle(counterStream('a'), count(2), context);
    expect(refused).toEqual({ outcome: 'refused', refusal: { code: 'over-ten', total: 9 }, state: 9 });
    expect(await store.readStream(counterStream('a'))).toHaveLength(1);
  });

  it('stays quiet where nothing changes', async () => {
    const handled = await makeHandler().handle(counterStream('a'), count(0), context);
    expect(handled).toEqual({ outcome: 'accepted', events: [], state: 0, revision: -1 });
    expect(await store.head()).toBeNull();
  });

  it('loads what another handler wrote', async () => {
    await makeHandler().handle(counterStream('a'), count(3), context);
    expect(await makeHandler().load(counterStream('a'))).toEqual({ state: 3, revision: 0 });
    expect(await makeHandler().load(counterStream('b'))).toEqual({ state: 0, revision: 'no-stream' });
  });

  it('loads of a stream that it knows only what came since', async () => {
    const [handler, other] = [makeHandler(), makeHandler()];
    for (let n = 0; n < 3; n += 1) await handler.handle(counterStream('a'), count(1), context);
    await other.handle(counterStream('a'), count(2), context);
    const readStream = jest.spyOn(store, 'readStream');
    expect(await handler.load(counterStream('a'))).toEqual({ state: 5, revision: 3 });
    expect(await handler.load(counterStream('a'))).toEqual({ state: 5, revision: 3 });
    expect(readStream.mock.calls.map(([, from]) => from)).toEqual([3, 4]);
  });

  it('reads a recent stream only once', async () => {
    const handler = makeHandler();
    await handler.handle(counterStream('a'), count(1), context);
    const readStream = jest.spyOn(store, 'readStream');
    await handler.handle(counterStream('a'), count(1), context);
    expect(readStream).not.toHaveBeenCalled();
  });

  it('decides again on what is there now when another writer was faster', async () => {
    const [one, two] = [makeHandler(), makeHandler()];
    await one.handle(counterStream('a'), count(1), context);
    await two.handle(counterStream('a'), count(2), context);
    const handled = await one.handle(counterStream('a'), count(3), context);
    expect(handled).toMatchObject({ outcome: 'accepted', state: 6, revision: 2 });
  });

  it('never refuses on a state that is out of date', async () => {
    const [one, two] = [makeHandler(), makeHandler()];
    await one.handle(counterStream('a'), count(8), context);
    await two.handle(counterStream('a'), count(-8), context);
    expect(await one.handle(counterStream('a'), count(5), context)).toMatchObject({
      outcome: 'accepted',
      state: 5,
    });
    await two.handle(counterStream('a'), count(1), context);
    expect(await one.handle(counterStream('a'), count(0), context)).toMatchObject({ state: 6, revision: 3 });
  });

  it('gives the conflict back after the last try', async () => {
    const handler = makeHandler({ maxTries: 3 });
    const conflict = new VersionConflictError('s', 0, 1);
    const append = jest.spyOn(store, 'append').mockRejectedValue(conflict);
    await expect(handler.handle(counterStream('a'), count(1), context)).rejects.toBe(conflict);
    expect(append).toHaveBeenCalledTimes(3);
  });

  it('counts right when many commands meet on one stream, in one handler or several', async () => {
    const handlers = [makeHandler(), makeHandler(), makeHandler({ cachedStreams: 0 })];
    const handled = await Promise.all(
      Array.from({ length: 90 }, (_, index) =>
        (handlers[index % 3] ?? makeHandler()).handle(
          counterStream('a'),
          count(index < 60 ? 1 : -1),
          context,
        ),
      ),
    );
    const events = await store.readStream(counterStream('a'));
    const accepted = handled.filter(({ outcome }) => outcome === 'accepted').length;
    expect(events).toHaveLength(accepted);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index));
  });

  it('does not let one bad command of several that wait together spoil the others', async () => {
    const handler = makeHandler();
    const results = await Promise.allSettled([
      handler.handle(counterStream('a'), count(1), context),
      handler.handle(counterStream('a'), count(1), context),
      handler.handle(counterStream('a'), count(NaN), context),
      handler.handle(counterStream('a'), count(1, 'x'.repeat(3_000)), context),
      handler.handle(counterStream('a'), count(1), context),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(await handler.load(counterStream('a'))).toEqual({ state: 3, revision: 2 });
  });

  it('handles many at once: results in order, one read for the streams it does not know', async () => {
    await makeHandler().handle(counterStream('old'), count(9), context);
    const handler = makeHandler();
    const readStream = jest.spyOn(store, 'readStream');
    const readStreams = jest.spyOn(store, 'readStreams');
    const results = await handler.handleMany(
      [
        ['new', 1] as const,
        ['old', 1] as const,
        ['old', 5] as const,
        ['new', 2] as const,
        ['bad', NaN] as const,
        ['other', 4] as const,
      ].map(([id, by]) => ({ stream: counterStream(id), command: count(by), context })),
    );
    expect(results).toMatchObject([
      { outcome: 'accepted', state: 1, revision: 0 },
      { outcome: 'accepted', state: 10, revision: 1 },
      { outcome: 'refused', refusal: { total: 10 } },
      { outcome: 'accepted', state: 3, revision: 1 },
      { outcome: 'failed', error: new Error('defect') },
      { outcome: 'accepted', state: 4 },
    ]);
    expect(readStreams).toHaveBeenCalledTimes(1);
    expect(readStream).not.toHaveBeenCalled();
  });

  it('writes to a stream that is said to be new without reading', async () => {
    const handler = makeHandler();
    const reads = [jest.spyOn(store, 'readStream'), jest.spyOn(store, 'readStreams')];
    const stream = counterStream('a');
    expect(await handler.handle(stream, count(3), context, { assumeNew: true })).toMatchObject({
      state: 3,
      revision: 0,
    });
    const more = [2, 4].map((by) => ({ stream, command: count(by), context, assumeNew: true }));
    const other = { stream: counterStream('b'), command: count(1), context, assumeNew: true };
    expect(await handler.handleMany([...more, other])).toMatchObject([
      { state: 5, revision: 1 },
      { state: 9, revision: 2 },
      { state: 1, revision: 0 },
    ]);
    for (const read of reads) expect(read).not.toHaveBeenCalled();
  });

  it('decides again where a stream said to be new was there: accepted, refused or quiet', async () => {
    const streams = ['a', 'b', 'c'].map(counterStream);
    for (const stream of streams) await makeHandler().handle(stream, count(8), context);
    const commands = [count(1), count(5), count(0)];
    const items = commands.map((command, index) => ({
      stream: streams[index] ?? counterStream('a'),
      command,
      context,
      assumeNew: true,
    }));
    expect(await makeHandler({ maxTries: 1 }).handleMany(items)).toMatchObject([
      { outcome: 'accepted', state: 9, revision: 1 },
      { outcome: 'refused', refusal: { total: 8 } },
      { outcome: 'accepted', events: [], state: 8, revision: 0 },
    ]);
    expect(await makeHandler().handle(counterStream('d'), count(11), context, { assumeNew: true })).toEqual({
      outcome: 'refused',
      refusal: { code: 'over-ten', total: 0 },
      state: 0,
    });
  });

  it('takes a command that many handlers give at once for a new stream once', async () => {
    const once: typeof counter = {
      ...counter,
      decide: (command, total) => (total > 0 ? accept() : counter.decide(command, total)),
    };
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        createCommandHandler(store, once, codec).handle(counterStream('a'), count(1), context, {
          assumeNew: true,
        }),
      ),
    );
    expect(
      results.filter((result) => result.outcome === 'accepted' && result.events.length > 0),
    ).toHaveLength(1);
    expect(await store.readStream(counterStream('a'))).toHaveLength(1);
  });

  it('recalls states with one read, and then needs no other', async () => {
    await makeHandler().handle(counterStream('a'), count(3), context);
    const handler = makeHandler();
    await handler.handle(counterStream('b'), count(4), context);
    const readStreams = jest.spyOn(store, 'readStreams');
    const wanted = ['a', 'b', 'none'].map(counterStream);
    expect(await handler.recall(wanted)).toEqual(
      new Map([
        [counterStream('a'), 3],
        [counterStream('b'), 4],
      ]),
    );
    expect(readStreams).toHaveBeenCalledWith(['a', 'none'].map(counterStream));
    const results = await handler.handleMany([
      { stream: counterStream('a'), command: count(1), context },
      { stream: counterStream('b'), command: count(1), context },
    ]);
    expect(results).toMatchObject([{ state: 4 }, { state: 5 }]);
    expect(readStreams).toHaveBeenCalledTimes(1);
  });
});
