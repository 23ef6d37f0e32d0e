import { describe, expect, it } from '@jest/globals';
import { TransientError, type PublicEvent } from '@city311/kernel';
import type { Feed, Projection, View } from '@city311/read-models';

import { sampleEvent, samplePosition, sampleProjection, sampleTime, type SampleDoc } from './sample-view.js';
import type { MakeViewStore } from './view-store.contract.js';
import { withStore } from './with-store.js';

const log: readonly PublicEvent[] = Array.from({ length: 60 }, (_, i) => {
  const number = `c${i % 20}`;
  if (i < 20) return sampleEvent('opened', number, 0, { title: `Pothole ${i}`, department: 'PWD' }, i);
  if (i % 20 === 7) return sampleEvent('erased', number, 1, {}, i);
  return sampleEvent(i < 40 ? 'moved' : 'closed', number, Math.floor(i / 20), { department: `D${i % 3}` }, i);
});

/** Position n stands after the first n events. */
const feedOf = async function* (events: readonly PublicEvent[], size: number): Feed {
  for (let i = 0; i < events.length; i += size) {
    const batch = events.slice(i, i + size);
    yield await Promise.resolve({ events: batch, position: samplePosition(i + batch.length) });
  }
};

const everything = async (view: View<SampleDoc>): Promise<unknown> => {
  const docs: SampleDoc[] = [];
  for await (const doc of view.stream({})) docs.push(doc);
  const byTitle = await view.find({ search: 'pothole', limit: 1000 });
  return {
    docs,
    found: byTitle.items.map((doc) => doc.number),
    counts: await view.count({}, ['department']),
    past: await view.countAsOf(sampleTime(30), {}, ['department', 'status']),
  };
};

/** The sample with its titles in capitals and, where asked, a column that the first version lacks. */
const secondVersion = (change: Partial<Projection<SampleDoc>['view']> = {}): Projection<SampleDoc> => {
  const first = sampleProjection('samples', 2);
  return {
    ...first,
    view: { ...first.view, ...change },
    apply: (doc, event) => {
      const next = first.apply(doc, event);
      return next === null || next === doc ? next : { ...next, title: next.title.toUpperCase() };
    },
  };
};

export const describeRebuilding = (makeStore: MakeViewStore): void => {
  describe('rebuilding', () => {
    it('gives the same documents, searches, counts and past as applying did', () =>
      withStore(makeStore, async (store) => {
        const { view } = await store.open(sampleProjection());
        await view.apply(log, samplePosition(60));
        const before = await everything(view);
        expect(await store.rebuild(sampleProjection(), feedOf(log, 9))).toEqual({ events: 60 });
        expect(await everything(view)).toEqual(before);
        expect(await view.checkpoint()).toBe(samplePosition(60));
        await view.apply(log, samplePosition(60));
        expect(await everything(view)).toEqual(before);
      }));

    it('serves and applies on the live one meanwhile, and loses nothing of that by the swap', () =>
      withStore(makeStore, async (store) => {
        const { view } = await store.open(sampleProjection());
        await view.apply(log.slice(0, 20), samplePosition(20));
        const feed = async function* (): Feed {
          for await (const batch of feedOf(log, 5)) {
            if (batch.position === samplePosition(15)) {
              expect(await view.get('c17')).toMatchObject({ steps: 1 });
              await view.apply(log.slice(20, 41), samplePosition(41));
              expect(await view.get('c17')).toMatchObject({ steps: 2 });
            }
            yield batch;
          }
        };
        await store.rebuild(sampleProjection(), feed());
        expect(await view.checkpoint()).toBe(samplePosition(45));
        await view.apply(log.slice(41), samplePosition(60));
        const { view: whole } = await store.open(sampleProjection('whole'));
        await whole.apply(log, samplePosition(60));
        expect(await everything(view)).toEqual(await everything(whole));
      }));

    it('reads on until the position asked for', () =>
      withStore(makeStore, async (store) => {
        const { view } = await store.open(sampleProjection());
        await store.rebuild(sampleProjection(), feedOf(log, 10), { until: samplePosition(35) });
        expect(await view.checkpoint()).toBe(samplePosition(40));
      }));

    it('leaves the live one as it is when the feed ends too early, breaks or is stopped', () =>
      withStore(makeStore, async (store, reopen) => {
        const { view } = await store.open(sampleProjection());
        await view.apply(log, samplePosition(60));
        const before = await everything(view);
        const early = store.rebuild(sampleProjection(), feedOf(log.slice(0, 50), 10));
        await expect(early).rejects.toBeInstanceOf(TransientError);
        const broken = async function* (): Feed {
          yield* feedOf(log.slice(0, 20), 10);
          throw new Error('the log is away');
        };
        await expect(store.rebuild(sampleProjection(), broken())).rejects.toThrow('the log is away');
        const signal = AbortSignal.abort();
        const stopped = store.rebuild(sampleProjection(), feedOf(log, 10), { signal });
        await expect(stopped).rejects.toBeInstanceOf(TransientError);
        expect(await everything(view)).toEqual(before);
        const { view: again } = await (await reopen()).open(sampleProjection());
        expect(await everything(again)).toEqual(before);
      }));

    it('says that a view of another version is stale, keeps it readable where declared, and takes no events', () =>
      withStore(makeStore, async (store) => {
        const { view: old } = await store.open(sampleProjection());
        await old.apply(log.slice(0, 20), samplePosition(20));
        const readable = await store.open(secondVersion({ readableFrom: 1 }));
        expect(readable).toMatchObject({ stale: true, readable: true });
        expect(await readable.view.get('c3')).toMatchObject({ title: 'Pothole 3' });
        expect(await readable.view.checkpoint()).toBe(samplePosition(20));
        await expect(readable.view.apply(log, samplePosition(60))).rejects.toBeInstanceOf(TransientError);
        await store.rebuild(secondVersion({ readableFrom: 1 }), feedOf(log, 10));
        expect(await readable.view.get('c3')).toMatchObject({ title: 'POTHOLE 3' });
        expect(await store.open(secondVersion({ readableFrom: 1 }))).toMatchObject({ stale: false });
        await expect(old.apply(log, samplePosition(60))).rejects.toBeInstanceOf(TransientError);
      }));

    it('does not answer from a shape that lacks what the queries name', () =>
      withStore(makeStore, async (store) => {
        await (await store.open(sampleProjection())).view.apply(log.slice(0, 20), samplePosition(20));
        const columns = {
          ...sampleProjection().view.columns,
          title: { type: 'text', value: (doc: SampleDoc) => doc.title },
        } as const;
        const projection = secondVersion({ columns, readableFrom: 1 });
        const { view, readable, stale } = await store.open(projection);
        expect({ readable, stale }).toEqual({ readable: false, stale: true });
        await expect(view.get('c3')).rejects.toBeInstanceOf(TransientError);
        await store.rebuild(projection, feedOf(log, 10));
        expect((await view.find({ where: { title: 'POTHOLE 3' } })).items).toHaveLength(1);
      }));

    it('parks what the projection cannot take, with all that follows for the document, and goes on', () =>
      withStore(makeStore, async (store) => {
        const { view } = await store.open(sampleProjection());
        const poison = sampleEvent('poisoned', 'c3', 1);
        const after = sampleEvent('closed', 'c3', 2);
        const events = [...log.slice(0, 20), poison, sampleEvent('closed', 'c4', 1), after];
        await store.rebuild(sampleProjection(), feedOf(events, 4));
        expect(await view.parked()).toMatchObject([
          { key: 'c3', event: poison, reason: 'Error: poisoned' },
          { key: 'c3', event: after, reason: 'queued-behind' },
        ]);
        expect(await view.get('c3')).toMatchObject({ status: 'open' });
        expect(await view.get('c4')).toMatchObject({ status: 'closed' });
      }));

    it('folds prepared events', () =>
      withStore(makeStore, async (store) => {
        const { view } = await store.open(sampleProjection());
        await store.rebuild(sampleProjection(), feedOf(log.slice(0, 20), 7), {
          prepare: (events) =>
            Promise.resolve(events.map((event) => ({ ...event, data: { title: 'revealed' } }))),
        });
        expect((await view.find({ search: 'revealed' })).items).toHaveLength(20);
      }));
  });
};
