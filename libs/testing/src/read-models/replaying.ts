import { describe, expect, it } from '@jest/globals';
import type { PublicEvent } from '@city311/kernel';
import fc from 'fast-check';

import { sampleEvent, samplePosition, sampleProjection, type SampleDoc } from './sample-view.js';
import type { MakeViewStore } from './view-store.contract.js';
import { withStore } from './with-store.js';

const kinds = ['opened', 'moved', 'noted', 'closed', 'erased', 'unwanted'] as const;

const step = fc.record({
  number: fc.constantFrom('a', 'b', 'c'),
  kind: fc.constantFrom(...kinds),
  text: fc.string({ unit: 'binary', maxLength: 12 }),
  gap: fc.integer({ min: 1, max: 3 }),
});

/** Each stream in order, its sequences with holes as private events leave them. */
const history = fc.array(step, { maxLength: 30 }).map((steps) => {
  const last = new Map<string, number>();
  return steps.map(({ number, kind, text, gap }) => {
    const sequence = (last.get(number) ?? -1) + gap;
    last.set(number, sequence);
    return sampleEvent(kind, number, sequence, { title: text, department: text });
  });
});

/** Deliveries: each starts somewhere before the end of what was delivered so far, as after a restart. */
const deliveries = fc.array(fc.record({ back: fc.nat(8), size: fc.integer({ min: 1, max: 9 }) }), {
  maxLength: 20,
});

const folded = (events: readonly PublicEvent[]): Map<string, SampleDoc> => {
  const { apply, types } = sampleProjection();
  const docs = new Map<string, SampleDoc>();
  for (const event of events.filter(({ type }) => types.includes(type))) {
    const doc = apply(docs.get(event.subject) ?? null, event);
    if (doc === null) docs.delete(event.subject);
    else docs.set(event.subject, doc);
  }
  return docs;
};

export const describeReplaying = (makeStore: MakeViewStore): void => {
  describe('replaying', () => {
    it('ends with the fold of the streams, however the events are cut into batches and repeated', () =>
      withStore(makeStore, async (store) => {
        let run = 0;
        await fc.assert(
          fc.asyncProperty(history, deliveries, async (events, cuts) => {
            run += 1;
            const { view } = await store.open(sampleProjection(`samples_${run}`));
            let delivered = 0;
            for (const { back, size } of [...cuts, { back: 0, size: events.length }]) {
              const from = Math.max(0, delivered - back);
              const batch = events.slice(from, from + size);
              delivered = Math.max(delivered, from + batch.length);
              await view.apply(batch, samplePosition(delivered));
            }
            const expected = folded(events);
            expect(await view.getMany(['a', 'b', 'c'])).toEqual(expected);
            expect(await view.count({})).toEqual([{ group: {}, count: expected.size }]);
            const open = [...expected.values()].filter((doc) => doc.status === 'open').length;
            expect(await view.count({ where: { status: 'open' } })).toEqual([{ group: {}, count: open }]);
          }),
          { numRuns: 60 },
        );
      }));
  });
};
