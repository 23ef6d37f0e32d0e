import { describe, expect, it } from '@jest/globals';

import type { RecordedEvent } from '@city311/kernel';

import { placeEvents } from './encoding.js';
import { RecentEvents } from './recent-events.js';

const eventsAt = (first: number, count: number): RecordedEvent[] => {
  const bare = { id: '', type: '', source: '', subject: '', time: '', actor: '', jurisdiction: '' };
  const events = Array.from({ length: count }, () => ({
    ...bare,
    imported: false,
    correlationId: '',
    data: {},
  }));
  return placeEvents('test.case-1', events, '', { revision: count - 1, position: first + count - 1 });
};
const cases = new Set(['test.case']);
const positions = (events: readonly RecordedEvent[]): number[] =>
  events.map(({ position }) => Number(position));

describe('RecentEvents', () => {
  it('gives what follows a position, up to a number, of the categories asked for', () => {
    const recent = new RecentEvents({ maxEvents: 10, maxChars: 1_000 }, 5);
    recent.push('test.case', 6, eventsAt(6, 2), 10);
    recent.push('test.call', 8, eventsAt(8, 1), 10);
    recent.push('test.case', 9, eventsAt(9, 1), 10);

    expect(positions(recent.read(cases, 5, 10)?.events ?? [])).toEqual([6, 7, 9]);
    expect(recent.read(cases, 6, 1)).toMatchObject({ cursor: 7 });
    expect(recent.read(cases, 7, 10)).toMatchObject({ cursor: 9 });
    expect(recent.read(new Set(['test.none']), 5, 10)).toEqual({ events: [], cursor: 9 });
    expect(recent.read(cases, 9, 10)).toEqual({ events: [], cursor: 9 });
  });

  it('does not answer for what it never had or has no more', () => {
    const recent = new RecentEvents({ maxEvents: 4, maxChars: 1_000 }, 5);
    expect(recent.read(cases, 4, 10)).toBeNull();
    for (let position = 6; position <= 12; position += 1)
      recent.push('test.case', position, eventsAt(position, 1), 10);

    expect(recent.read(cases, 7, 10)).toBeNull();
    expect(positions(recent.read(cases, 8, 10)?.events ?? [])).toEqual([9, 10, 11, 12]);
    expect(recent.read(cases, 13, 10)).toBeNull();
  });

  it('keeps to its limit of text', () => {
    const recent = new RecentEvents({ maxEvents: 100, maxChars: 50 }, 0);
    for (let position = 1; position <= 9; position += 1)
      recent.push('test.case', position, eventsAt(position, 1), 20);
    expect(recent.read(cases, 6, 10)).toBeNull();
    expect(positions(recent.read(cases, 7, 10)?.events ?? [])).toEqual([8, 9]);
    recent.push('test.case', 10, eventsAt(10, 1), 60);
    expect(recent.read(cases, 9, 10)).toBeNull();
    recent.push('test.case', 11, eventsAt(11, 1), 20);
    expect(positions(recent.read(cases, 10, 10)?.events ?? [])).toEqual([11]);
  });

  it('forgets what lies before a gap', () => {
    const recent = new RecentEvents({ maxEvents: 100, maxChars: 1_000 }, 0);
    recent.push('test.case', 1, eventsAt(1, 3), 30);
    recent.push('test.case', 7, eventsAt(7, 2), 20);
    expect(recent.read(cases, 2, 10)).toBeNull();
    expect(positions(recent.read(cases, 6, 10)?.events ?? [])).toEqual([7, 8]);
  });

  it('takes an append that is larger than itself', () => {
    const recent = new RecentEvents({ maxEvents: 4, maxChars: 1_000 }, 0);
    recent.push('test.case', 1, eventsAt(1, 10), 100);
    expect(recent.read(cases, 5, 10)).toBeNull();
    expect(positions(recent.read(cases, 6, 10)?.events ?? [])).toEqual([7, 8, 9, 10]);
  });
});
