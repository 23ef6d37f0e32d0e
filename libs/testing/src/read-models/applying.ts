import { describe, expect, it } from '@jest/globals';
import { ProjectionFaultError } from '@city311/read-models';

import { sampleEvent, samplePosition, sampleProjection } from './sample-view.js';
import type { MakeViewStore } from './view-store.contract.js';
import { withStore } from './with-store.js';

const history = [
  sampleEvent('opened', 'a', 0, { title: 'Pothole' }),
  sampleEvent('opened', 'b', 0, { title: 'Street light' }),
  sampleEvent('moved', 'a', 1, { department: 'PWD' }),
  sampleEvent('noted', 'a', 2),
  sampleEvent('closed', 'b', 1),
  sampleEvent('moved', 'a', 4, { department: 'BTD' }),
];

export const describeApplying = (makeStore: MakeViewStore): void => {
  describe('applying', () => {
    it('folds the events of each key into its document and remembers the position', () =>
      withStore(makeStore, async (store) => {
        const { view, stale } = await store.open(sampleProjection());
        expect(stale).toBe(false);
        expect(await view.checkpoint()).toBeNull();
        await view.apply(history, samplePosition(6));
        expect(await view.checkpoint()).toBe(samplePosition(6));
        expect(await view.get('a')).toMatchObject({ number: 'a', department: 'BTD', steps: 3 });
        expect((await view.getMany(['a', 'b', 'c'])).size).toBe(2);
        expect(await view.get('c')).toBeNull();
      }));

    it('passes over what a document has seen: whole batches, prefixes and doubles within a batch', () =>
      withStore(makeStore, async (store) => {
        const { view } = await store.open(sampleProjection());
        const twice = history.flatMap((event) => [event, event]);
        await view.apply(twice, samplePosition(6));
        const before = await view.get('a');
        await view.apply(history, samplePosition(6));
        await view.apply(history.slice(0, 3), samplePosition(6));
        expect(await view.get('a')).toEqual(before);
        expect(before).toMatchObject({ steps: 3 });
      }));

    it('never moves the checkpoint back', () =>
      withStore(makeStore, async (store) => {
        const { view } = await store.open(sampleProjection());
        await view.apply(history, samplePosition(6));
        await view.apply(history.slice(0, 2), samplePosition(2));
        expect(await view.checkpoint()).toBe(samplePosition(6));
      }));

    it('removes a document for null, and a replay does not bring it back', () =>
      withStore(makeStore, async (store, reopen) => {
        const { view } = await store.open(sampleProjection());
        await view.apply(history, samplePosition(6));
        await view.apply([sampleEvent('erased', 'a', 5)], samplePosition(7));
        await view.apply(history, samplePosition(7));
        expect(await view.get('a')).toBeNull();
        expect(await view.count({})).toEqual([{ group: {}, count: 1 }]);
        expect((await view.find({ search: 'pothole' })).items).toEqual([]);
        expect(await view.countAsOf('2026-03-01T00:01:00.000Z', {}, [])).toEqual([{ group: {}, count: 1 }]);
        const { view: again } = await (await reopen()).open(sampleProjection());
        await again.apply(history, samplePosition(7));
        expect(await again.get('a')).toBeNull();
        await again.apply([sampleEvent('opened', 'a', 6, { title: 'Anew' })], samplePosition(8));
        expect(await again.get('a')).toMatchObject({ title: 'Anew', steps: 1 });
      }));

    it('remembers a removal that happened within the batch that created the document', () =>
      withStore(makeStore, async (store) => {
        const { view } = await store.open(sampleProjection());
        const [opening] = history;
        if (opening === undefined) throw new Error('no history');
        await view.apply([opening, sampleEvent('erased', 'a', 1)], samplePosition(2));
        await view.apply([opening], samplePosition(2));
        expect(await view.get('a')).toBeNull();
      }));

    it('applies nothing of a batch with an event that the projection cannot take, and names the event', () =>
      withStore(makeStore, async (store) => {
        const { view } = await store.open(sampleProjection());
        const poison = sampleEvent('poisoned', 'a', 7);
        const fault = await view
          .apply([...history, poison], samplePosition(7))
          .catch((error: unknown) => error);
        expect(fault).toBeInstanceOf(ProjectionFaultError);
        expect(fault).toMatchObject({ key: 'a', event: poison });
        expect(await view.checkpoint()).toBeNull();
        expect(await view.count({})).toEqual([{ group: {}, count: 0 }]);
        await view.apply(history, samplePosition(6));
        expect(await view.get('a')).toMatchObject({ steps: 3 });
      }));

    it('resumes at the checkpoint after a restart', () =>
      withStore(makeStore, async (store, reopen) => {
        const { view } = await store.open(sampleProjection());
        await view.apply(history, samplePosition(6));
        const before = await view.get('a');
        const { view: again, stale } = await (await reopen()).open(sampleProjection());
        expect(stale).toBe(false);
        expect(await again.checkpoint()).toBe(samplePosition(6));
        expect(await again.get('a')).toEqual(before);
      }));

    it('wakes whoever waits for a position, and tells when the time is up', () =>
      withStore(makeStore, async (store) => {
        const { view } = await store.open(sampleProjection());
        expect(await view.caughtUp(samplePosition(6), 20)).toBe(false);
        const waiting = view.caughtUp(samplePosition(6), 5000);
        await view.apply(history.slice(0, 3), samplePosition(3));
        await view.apply(history.slice(3), samplePosition(6));
        expect(await waiting).toBe(true);
        expect(await view.caughtUp(samplePosition(5), 0)).toBe(true);
      }));

    it('keeps parked events with the batch they came in until they are released', () =>
      withStore(makeStore, async (store, reopen) => {
        const { view } = await store.open(sampleProjection());
        const event = sampleEvent('poisoned', 'a', 7);
        const later = sampleEvent('moved', 'a', 8, { department: null });
        const add = [
          { key: 'a', reason: 'poisoned', event },
          { key: 'a', reason: 'queued-behind', event: later },
        ];
        await view.apply(history, samplePosition(8), { add });
        await view.apply(history, samplePosition(8), { add });
        const { view: again } = await (await reopen()).open(sampleProjection());
        expect(await again.parkedCount()).toBe(2);
        expect([...(await again.parkedKeys())]).toEqual(['a']);
        expect(await again.parked({ key: 'a' })).toMatchObject([
          { key: 'a', reason: 'poisoned', event },
          { key: 'a', reason: 'queued-behind', event: later },
        ]);
        expect(await again.parked({ key: 'b' })).toEqual([]);
        await again.apply([], samplePosition(8), { release: [event.id] });
        expect(await again.parked({ limit: 5 })).toMatchObject([{ event: later }]);
      }));
  });
};
