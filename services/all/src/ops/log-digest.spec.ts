import { describe, expect, it } from '@jest/globals';

import type { Position, RecordedEvent } from '@city311/kernel';

import { bucketOf, LogDigest } from './log-digest.js';

const event = (stream: string, sequence: number, more: Partial<RecordedEvent> = {}): RecordedEvent => ({
  id: `${stream}-${sequence}`,
  type: 'a.Thing.v1',
  source: '/a',
  subject: 'x',
  time: '2026-11-22T12:00:00.000Z',
  stream,
  sequence,
  recordedTime: '2026-11-22T12:00:00.000Z',
  actor: 'somebody',
  jurisdiction: 'boston',
  imported: false,
  correlationId: 'x',
  data: { a: 1, b: [2] },
  position: '1' as Position,
  ...more,
});

const digest = (...events: readonly RecordedEvent[]): LogDigest => {
  const all = new LogDigest();
  for (const one of events) all.add(one);
  return all;
};

describe('The digest of a log', () => {
  const log = [event('a.case-1', 0), event('a.case-1', 1), event('a.case-2', 0)];
  const [first, second, other] = log as [RecordedEvent, RecordedEvent, RecordedEvent];

  it('is the same in whatever order streams lie, wherever and however the event was written down', () => {
    const moved = { ...first, position: '9' as Position, data: { b: [2], a: 1 } };
    const both = [digest(...log), digest(other, moved, second)] as const;
    expect(both[0].unlike(both[1])).toEqual(new Set());
    expect(both[0].recordedElsewhen(both[1])).toBe(false);
    expect([both[0].streams, both[0].events]).toEqual([2, 3]);
  });

  it.each([
    ['an event is missing', [first, other]],
    ['an event is there twice', [...log, second]],
    ['two copies hide each other in a sum of bits', [...log, second, second]],
    ['an event says something else', [first, { ...second, data: { a: 2, b: [2] } }, other]],
    ['two events changed places', [{ ...first, sequence: 1 }, { ...second, sequence: 0 }, other]],
  ])('differs, in the part of the stream, where %s', (_, events) => {
    expect(digest(...log).unlike(digest(...events))).toEqual(new Set([bucketOf('a.case-1')]));
  });

  it('knows that an event was recorded at another instant, which is no other event', () => {
    const anew = digest(first, { ...second, recordedTime: '2026-11-23T00:00:00.000Z' }, other);
    expect(digest(...log).unlike(anew)).toEqual(new Set());
    expect(digest(...log).recordedElsewhen(anew)).toBe(true);
  });
});
