import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Position, RecordedEvent } from '@city311/kernel';

import { inParts, toOutgoing, type Outgoing } from './outgoing.js';

const stored: RecordedEvent = {
  id: '019a9c4e-8a00-7000-8000-000000000002',
  type: 'test.Changed.v1',
  source: '/test',
  subject: '260000001236',
  time: '2015-08-11T12:00:00.000Z',
  stream: 'test.case-260000001236',
  sequence: 1,
  recordedTime: '2026-11-22T14:05:06.120Z',
  actor: 'policy:sample',
  jurisdiction: 'boston',
  imported: true,
  correlationId: 'c',
  data: { street: 'Rue de l’Été' },
  position: '17' as Position,
};
const source = { topic: 't', category: 'test.case' };

describe('A stored event on its way', () => {
  it('is keyed by its case and timed by when it was recorded', () => {
    const one = toOutgoing(stored, { ...source, translate: (event) => event });
    expect(one).toMatchObject({
      stored,
      message: { key: '260000001236', value: '{"street":"Rue de l’Été"}', timestamp: '1795356306120' },
    });
    expect(one?.bytes).toBeGreaterThan(400);
  });

  it('is none where it is private', () => {
    expect(toOutgoing(stored, { ...source, translate: () => null })).toBeNull();
  });

  it('says why it cannot be translated', () => {
    const translate = (): never => {
      throw new Error('unknown event type');
    };
    expect(toOutgoing(stored, { ...source, translate })).toMatchObject({
      message: 'Error: unknown event type',
    });
  });
});

describe('The parts of a batch', () => {
  it('are the batch, in order, each as full as it may be', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 150 }));
    fc.assert(
      fc.property(sizes, (all) => {
        const batch = all.map((bytes, n): Outgoing => ({ stored, message: String(n), bytes }));
        const parts = inParts(batch, 100);
        expect(parts.flat()).toEqual(batch);
        const sums = parts.map((part) => part.reduce((sum, { bytes }) => sum + bytes, 0));
        sums.forEach((sum, at) => {
          expect(sum <= 100 || parts[at]?.length === 1).toBe(true);
          const [next] = parts[at + 1] ?? [];
          if (next !== undefined) expect(sum + next.bytes).toBeGreaterThan(100);
        });
      }),
      { seed: 311 },
    );
  });
});
