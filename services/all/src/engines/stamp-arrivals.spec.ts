import { describe, expect, it } from '@jest/globals';

import type { Position, PublicEvent } from '@city311/kernel';
import type { TopicReader } from '@city311/messaging';

import { stampArrivals } from './stamp-arrivals.js';

const event = (id: string): PublicEvent => ({
  id,
  type: 'a.Thing.v1',
  source: '/a',
  subject: id,
  time: '2026-11-22T12:00:00.000Z',
  stream: `a.case-${id}`,
  sequence: 0,
  recordedTime: '2026-11-22T12:00:00.000Z',
  actor: 'somebody',
  jurisdiction: 'boston',
  imported: false,
  correlationId: id,
  data: {},
});

describe('stampArrivals', () => {
  it('gives every event a later place than those that came before it, and keeps faults with their events', async () => {
    const [first, second, third] = [event('9'), event('5'), event('7')];
    const fault = new Error('unknown type');
    const position = 'p' as Position;
    const reader: TopicReader = {
      async *follow() {
        yield await Promise.resolve({
          events: [first, second],
          position,
          unreadable: new Map([[second, fault]]),
        });
        yield { events: [third], position };
      },
      head: () => Promise.resolve(null),
      countAfter: () => Promise.resolve(0),
      takeovers: () => 0,
    };
    const places: string[] = [];
    const faults: unknown[] = [];
    const options = { after: null, batchSize: 10, signal: new AbortController().signal };
    for await (const batch of stampArrivals(reader).follow(['a'], options)) {
      for (const one of batch.events) {
        places.push('position' in one ? String(one.position) : '');
        faults.push(batch.unreadable?.get(one));
      }
    }
    expect(places).toEqual(places.toSorted());
    expect(new Set(places).size).toBe(3);
    expect(faults).toEqual([undefined, fault, undefined]);
  });
});
