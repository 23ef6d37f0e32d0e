import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { EventTooLargeError, VersionConflictError } from '@city311/eventing';
import type { EventStore } from '@city311/eventing';
import { streamName } from '@city311/kernel';
import type { Category, RecordedEvent } from '@city311/kernel';

import { collectEvents } from './collect.js';
import { newTestEvent } from './new-event.js';

export interface StoreUnderTest {
  /** On an empty log; takes events of up to `maxEventBytes`. */
  readonly store: EventStore;
  /** A second door to the same log, as another process would have it. */
  readonly another?: () => Promise<EventStore>;
  /** Closes everything that was opened and removes it. */
  dispose(): Promise<void>;
}

export interface StoreUnderTestOptions {
  readonly maxEventBytes: number;
}

const cases = 'test.case' as Category;
const orders = 'test.workorder' as Category;
const receipts = 'test.receipt' as Category;
const stream = (id: string | number, category: Category = cases) => streamName(category, String(id));
const data = (events: readonly RecordedEvent[]): unknown[] => events.map((event) => event.data);
const maxEventBytes = 64 * 1024;

/** What every event store promises, whatever it is built on. `makeStore` gives each test an empty log. */
export const describeEventStoreContract = (
  name: string,
  makeStore: (options: StoreUnderTestOptions) => Promise<StoreUnderTest>,
): void => {
  describe(`${name} as an event store`, () => {
    let made: StoreUnderTest;
    let store: EventStore;

    beforeEach(async () => {
      made = await makeStore({ maxEventBytes });
      store = made.store;
    });
    afterEach(() => made.dispose());

    describe('append', () => {
      it('gives back what was written, with its place in the stream and in the log', async () => {
        const full = newTestEvent(
          { street: 'Rue de l’Été', nested: { list: [1, 2.5, null, true] } },
          {
            channel: 'phone',
            causationId: 'cause-1',
            traceparent: '00-ab-cd-01',
            imported: true,
            subject: 'other',
          },
        );
        const bare = newTestEvent({ empty: '' }, { subject: '1' });
        const appended = await store.append(stream(1), [full, bare], 'no-stream');

        const events = await store.readStream(stream(1));
        expect(appended.revision).toBe(1);
        expect(events).toHaveLength(2);
        expect(events[0]).toMatchObject({ ...full, stream: 'test.case-1', sequence: 0 });
        expect(events[1]).toMatchObject({ ...bare, stream: 'test.case-1', sequence: 1 });
        expect(events[1]).not.toHaveProperty('channel');
        expect(events[1]).not.toHaveProperty('causationId');
        expect(events[1]?.recordedTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        expect(events[1]?.position).toBe(appended.position);
        expect((events[0]?.position ?? '') < appended.position).toBe(true);
      });

      it('keeps letters of every script, emoji, quotes and control characters', async () => {
        const text = 'שלום עולם — 路灯坏了 — 🕳️👩‍🚒 — \u0000\u0001\n\t"\'\\ — \u2028 — é e\u0301';
        await store.append(
          stream('ключ-🕳️'),
          [newTestEvent({ text, [text]: 1 }, { subject: text })],
          'no-stream',
        );

        const [event] = await store.readStream(stream('ключ-🕳️'));
        expect(event).toMatchObject({
          data: { text, [text]: 1 },
          subject: text,
          stream: 'test.case-ключ-🕳️',
        });
      });

      it('takes `no-stream` for a first append only', async () => {
        await store.append(stream(1), [newTestEvent()], 'no-stream');
        const second = store.append(stream(1), [newTestEvent()], 'no-stream');

        await expect(second).rejects.toThrow(VersionConflictError);
        await expect(second).rejects.toMatchObject({
          stream: 'test.case-1',
          expected: 'no-stream',
          actual: 0,
        });
      });

      it('takes a revision only while the stream is there', async () => {
        await store.append(stream(1), [newTestEvent(), newTestEvent()], 'no-stream');
        await expect(store.append(stream(1), [newTestEvent()], 0)).rejects.toMatchObject({
          expected: 0,
          actual: 1,
        });
        await expect(store.append(stream(1), [newTestEvent()], 2)).rejects.toMatchObject({
          expected: 2,
          actual: 1,
        });
        await expect(store.append(stream(2), [newTestEvent()], 0)).rejects.toMatchObject({
          actual: 'no-stream',
        });
        await expect(store.append(stream(1), [newTestEvent()], 1)).resolves.toMatchObject({ revision: 2 });
      });

      it('takes `any` for a new stream and for an old one', async () => {
        await expect(store.append(stream(1), [newTestEvent()], 'any')).resolves.toMatchObject({
          revision: 0,
        });
        await expect(store.append(stream(1), [newTestEvent()], 'any')).resolves.toMatchObject({
          revision: 1,
        });
      });

      it('writes all events of an append or none', async () => {
        await store.append(stream(1), [newTestEvent(1)], 'no-stream');
        const events = [newTestEvent(2), newTestEvent('x'.repeat(maxEventBytes + 1)), newTestEvent(3)];
        await expect(store.append(stream(1), events, 0)).rejects.toThrow(EventTooLargeError);
        await expect(store.append(stream(1), [newTestEvent(4), newTestEvent(5)], 3)).rejects.toThrow(
          VersionConflictError,
        );
        expect(data(await store.readStream(stream(1)))).toEqual([1]);
      });

      it('refuses an event over the limit before writing, by its bytes, and goes on', async () => {
        const large = newTestEvent('é'.repeat(maxEventBytes / 2));
        const refused = store.append(stream(1), [large], 'no-stream');
        await expect(refused).rejects.toMatchObject({
          name: 'EventTooLargeError',
          limitBytes: maxEventBytes,
        });
        expect(await store.head()).toBeNull();

        const fits = newTestEvent('é'.repeat(maxEventBytes / 2 - 1_000));
        await store.append(stream(1), [fits], 'no-stream');
        expect(await store.readStream(stream(1))).toMatchObject([{ data: fits.data }]);
      });

      it('lets one of many that expect the same revision win, and tells the others', async () => {
        const tries = Array.from({ length: 20 }, (_, index) =>
          store.append(stream(1), [newTestEvent(index), newTestEvent(index)], 'no-stream'),
        );
        const results = await Promise.allSettled(tries);

        const winners = results.flatMap((result, index) => (result.status === 'fulfilled' ? [index] : []));
        expect(winners).toHaveLength(1);
        expect(data(await store.readStream(stream(1)))).toEqual([winners[0], winners[0]]);
        for (const result of results) {
          if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(VersionConflictError);
        }
      });

      it('does not let one conflict among concurrent appends touch the others', async () => {
        await store.append(stream('busy'), [newTestEvent()], 'no-stream');
        const results = await Promise.allSettled(
          Array.from({ length: 50 }, (_, index) =>
            index % 5 === 0
              ? store.append(stream('busy'), [newTestEvent()], 'no-stream')
              : store.append(stream(index), [newTestEvent(index)], 'no-stream'),
          ),
        );
        expect(results.map((result) => result.status)).toEqual(
          results.map((_, index) => (index % 5 === 0 ? 'rejected' : 'fulfilled')),
        );
        expect(await store.readStream(stream('busy'))).toHaveLength(1);
      });

      it('writes unconditional appends to one stream in the order of the calls', async () => {
        const appended = await Promise.all(
          Array.from({ length: 100 }, (_, index) => store.append(stream(1), [newTestEvent(index)], 'any')),
        );
        expect(appended.map(({ revision }) => revision)).toEqual(appended.map((_, index) => index));
        expect(data(await store.readStream(stream(1)))).toEqual(appended.map((_, index) => index));
      });
    });

    describe('reading streams', () => {
      it('finds nothing where there is no stream', async () => {
        expect(await store.readStream(stream('none'))).toEqual([]);
        expect(await store.readStreams([stream('none')])).toEqual(new Map());
        expect(await store.readStreams([])).toEqual(new Map());
      });

      it('reads from a revision on, that one included', async () => {
        await store.append(stream(1), [newTestEvent('a'), newTestEvent('b'), newTestEvent('c')], 'no-stream');
        expect(data(await store.readStream(stream(1), 1))).toEqual(['b', 'c']);
        expect(data(await store.readStream(stream(1), 3))).toEqual([]);
      });

      it('reads many streams at once, each in its order', async () => {
        for (const round of [0, 1, 2]) {
          await Promise.all(
            Array.from({ length: 300 }, (_, id) =>
              store.append(stream(id), [newTestEvent([id, round])], 'any'),
            ),
          );
        }
        const asked = [stream(299), stream(3), stream('none'), stream(3), stream(150)];
        const found = await store.readStreams(asked);

        expect([...found.keys()].sort()).toEqual([stream(150), stream(299), stream(3)]);
        for (const [id, events] of found) {
          const number = Number(id.slice('test.case-'.length));
          expect(data(events)).toEqual([[number, 0], [number, 1], [number, 2]]); // prettier-ignore
        }
      });
    });

    describe('reading categories', () => {
      const fill = async (): Promise<void> => {
        for (let index = 0; index < 30; index += 1) {
          const category = [cases, orders, receipts][index % 3] ?? cases;
          await store.append(stream(index, category), [newTestEvent(index)], 'no-stream');
        }
      };

      it('has nothing and a place to start from while the log is empty', async () => {
        const { events, position } = await store.readCategories([cases], null, 10);
        expect(events).toEqual([]);
        await store.append(stream(1), [newTestEvent('first')], 'no-stream');
        expect(data((await store.readCategories([cases], position, 10)).events)).toEqual(['first']);
      });

      it('reads some categories in log order, in steps, without the others', async () => {
        await fill();
        const seen: unknown[] = [];
        let after = null as Awaited<ReturnType<EventStore['head']>>;
        for (let step = 0; step < 8; step += 1) {
          const { events, position } = await store.readCategories([receipts, cases], after, 3);
          seen.push(...data(events));
          expect(events.length).toBeLessThanOrEqual(3);
          after = position;
        }
        expect(seen).toEqual(
          Array.from({ length: 30 }, (_, index) => index).filter((index) => index % 3 !== 1),
        );
      });

      it('moves past events of other categories, so that they need not be looked at again', async () => {
        await fill();
        const { events, position } = await store.readCategories(['test.nothing' as Category], null, 10);
        expect(events).toEqual([]);
        expect(position).toBe(await store.head());
      });

      it('gives positions that follow the order of commits and compare as text', async () => {
        await fill();
        const { events } = await store.readCategories([cases, orders, receipts], null, 100);
        const positions = events.map((event) => event.position);
        expect([...positions].sort()).toEqual(positions);
        expect(new Set(positions).size).toBe(30);
        expect(positions.at(-1)).toBe(await store.head());
      });
    });

    describe('follow', () => {
      it('yields what is there and then what comes, in order and once', async () => {
        const first = Array.from({ length: 25 }, (_, index) => index);
        for (const index of first) await store.append(stream(index), [newTestEvent(index)], 'no-stream');
        const collecting = collectEvents(store, [cases], 75, { batchSize: 10 });
        for (let index = 25; index < 75; index += 1) {
          await store.append(stream(`${index}`), [newTestEvent(index)], 'no-stream');
        }
        const { events, batches } = await collecting;

        expect(data(events)).toEqual(Array.from({ length: 75 }, (_, index) => index));
        expect(batches.every((batch) => batch.events.length > 0 && batch.events.length <= 10)).toBe(true);
      });

      it('gives the very events that a read of the stream gives', async () => {
        const collecting = collectEvents(store, [cases], 2);
        await store.append(stream(1), [newTestEvent({ a: 1 }), newTestEvent({ b: 'ü' })], 'no-stream');
        expect((await collecting).events).toEqual(await store.readStream(stream(1)));
      });

      it('is woken by a commit well before a second is over', async () => {
        const controller = new AbortController();
        const following = store.follow([cases], { after: null, batchSize: 10, signal: controller.signal });
        const next = following[Symbol.asyncIterator]().next();
        await new Promise((resolve) => setTimeout(resolve, 50));
        const appendedAt = performance.now();
        await store.append(stream(1), [newTestEvent()], 'no-stream');
        await next;
        expect(performance.now() - appendedAt).toBeLessThan(500);
        controller.abort();
      });

      it('goes on after a position, also one that lies far back', async () => {
        const positions = [];
        for (let index = 0; index < 10; index += 1) {
          positions.push((await store.append(stream(index), [newTestEvent(index)], 'no-stream')).position);
        }
        const collected = await collectEvents(store, [cases], 6, { after: positions[3] ?? null });
        expect(data(collected.events)).toEqual([4, 5, 6, 7, 8, 9]);
      });

      it('passes over other categories, telling at most how far it has read', async () => {
        const collecting = collectEvents(store, [orders], 1);
        for (let index = 0; index < 20; index += 1) {
          await store.append(stream(index), [newTestEvent(index)], 'no-stream');
        }
        await store.append(stream(1, orders), [newTestEvent('wanted')], 'no-stream');
        const { batches } = await collecting;
        const told = batches.map((batch) => data(batch.events)).filter((values) => values.length > 0);
        expect(told).toEqual([['wanted']]);
        const positions = batches.map(({ position }) => position);
        expect(positions).toEqual([...new Set(positions)].sort());
      });

      it('tells how far it has read when the newest events are of other categories', async () => {
        const controller = new AbortController();
        const following = store.follow([orders], { after: null, batchSize: 10, signal: controller.signal });
        const { position } = await store.append(stream(1), [newTestEvent('other')], 'no-stream');
        let seen: string | null = null;
        for await (const batch of following) {
          seen = batch.position;
          if (seen >= position) break;
        }
        controller.abort();
        expect(seen).toBe(position);
      });

      it('ends when it is told to, waiting or not', async () => {
        const controller = new AbortController();
        const following = store.follow([cases], { after: null, batchSize: 10, signal: controller.signal });
        const ended = following[Symbol.asyncIterator]().next();
        setTimeout(() => controller.abort(), 20);
        await expect(ended).resolves.toMatchObject({ done: true });

        const before = store.follow([cases], { after: null, batchSize: 10, signal: AbortSignal.abort() });
        await expect(before[Symbol.asyncIterator]().next()).resolves.toMatchObject({ done: true });
      });

      it('shows every one of many concurrent appends to several followers, in one order, with no gap', async () => {
        const count = 400;
        const followers = [1, 7, 1_000].map((batchSize) =>
          collectEvents(store, [cases], count, { batchSize, timeoutMs: 10_000 }),
        );
        await Promise.all(
          Array.from({ length: count }, (_, index) =>
            store.append(stream(index % 40), [newTestEvent(index)], 'any'),
          ),
        );
        const seen = await Promise.all(followers);
        const inLog = await store.readCategories([cases], null, count);

        expect(inLog.events).toHaveLength(count);
        for (const { events } of seen) expect(events).toEqual(inLog.events);
        const sequences = new Map<string, number>();
        for (const event of inLog.events) {
          expect(event.sequence).toBe((sequences.get(event.stream) ?? -1) + 1);
          sequences.set(event.stream, event.sequence);
        }
      });
    });

    describe('a second door to the same log', () => {
      it('sees and extends what was written at the first, and wakes its followers', async () => {
        if (made.another === undefined) return;
        const another = await made.another();
        await store.append(stream(1), [newTestEvent('first')], 'no-stream');
        expect(data(await another.readStream(stream(1)))).toEqual(['first']);

        const here = collectEvents(store, [cases], 2);
        const there = collectEvents(another, [cases], 2);
        await expect(another.append(stream(1), [newTestEvent()], 'no-stream')).rejects.toThrow(
          VersionConflictError,
        );
        await another.append(stream(1), [newTestEvent('second')], 0);
        expect(data((await here).events)).toEqual(['first', 'second']);
        expect(data((await there).events)).toEqual(['first', 'second']);
      });
    });
  });
};
