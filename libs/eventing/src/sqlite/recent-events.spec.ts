import { describe, expect, it } from '@jest/globals';

import type { RecordedEvent } from '@city311/kernel';

import { placeEvents } from './encoding.js';
import { RecentEvents, type PlacedEvent, type ReadBetween } from './recent-events.js';

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
const ring = (
  limits: { maxEvents: number; maxChars: number },
  head: number,
  readBetween: ReadBetween = () => [],
) => {
  const recent = new RecentEvents(limits, head, readBetween);
  recent.want(['test.case', 'test.none']);
  return recent;
};
const positions = (events: readonly RecordedEvent[]): number[] =>
  events.map(({ position }) => Number(position));

describe('RecentEvents', () => {
  it('gives what follows a position, up to a number, of the categories asked for', () => {
    const recent = ring({ maxEvents: 10, maxChars: 1_000 }, 5);
    recent.push('test.case', 6, 2, () => eventsAt(6, 2), 10);
    recent.push('test.call', 8, 1, () => eventsAt(8, 1), 10);
    recent.push('test.case', 9, 1, () => eventsAt(9, 1), 10);

    expect(positions(recent.read(cases, 5, 10)?.events ?? [])).toEqual([6, 7, 9]);
    expect(recent.read(cases, 6, 1)).toMatchObject({ cursor: 7 });
    expect(recent.read(cases, 7, 10)).toMatchObject({ cursor: 9 });
    expect(recent.read(new Set(['test.none']), 5, 10)).toEqual({ events: [], cursor: 9 });
    expect(recent.read(cases, 9, 10)).toEqual({ events: [], cursor: 9 });
  });

  it('does not answer for what it never had or has no more', () => {
    const recent = ring({ maxEvents: 4, maxChars: 1_000 }, 5);
    expect(recent.read(cases, 4, 10)).toBeNull();
    for (let position = 6; position <= 12; position += 1)
      recent.push('test.case', position, 1, () => eventsAt(position, 1), 10);

    expect(recent.read(cases, 7, 10)).toBeNull();
    expect(positions(recent.read(cases, 8, 10)?.events ?? [])).toEqual([9, 10, 11, 12]);
    expect(recent.read(cases, 13, 10)).toBeNull();
  });

  it('keeps to its limit of text', () => {
    const recent = ring({ maxEvents: 100, maxChars: 50 }, 0);
    for (let position = 1; position <= 9; position += 1)
      recent.push('test.case', position, 1, () => eventsAt(position, 1), 20);
    expect(recent.read(cases, 6, 10)).toBeNull();
    expect(positions(recent.read(cases, 7, 10)?.events ?? [])).toEqual([8, 9]);
    recent.push('test.case', 10, 1, () => eventsAt(10, 1), 60);
    expect(recent.read(cases, 9, 10)).toBeNull();
    recent.push('test.case', 11, 1, () => eventsAt(11, 1), 20);
    expect(positions(recent.read(cases, 10, 10)?.events ?? [])).toEqual([11]);
  });

  it('reads what others wrote in between from the file, once', () => {
    const asked: string[] = [];
    const inFile = (position: number): [number, PlacedEvent] => {
      const [event] = eventsAt(position, 1);
      if (event === undefined) throw new Error('no event');
      return [position, { event, category: 'test.case', chars: 10 }];
    };
    const recent = ring({ maxEvents: 100, maxChars: 1_000 }, 0, (categories, after, upTo) => {
      asked.push(`${[...categories].join()} ${after}-${upTo}`);
      return [5, 6, 11].filter((each) => each > after && each <= upTo).map(inFile);
    });
    recent.push('test.case', 1, 3, () => eventsAt(1, 3), 30);
    recent.push('test.case', 7, 2, () => eventsAt(7, 2), 20);
    expect(positions(recent.read(cases, 2, 10)?.events ?? [])).toEqual([3, 5, 6, 7, 8]);
    recent.fillTo(12);
    recent.fillTo(12);
    recent.push('test.case', 11, 2, () => eventsAt(11, 2), 20);
    expect(recent.read(cases, 8, 10)).toMatchObject({ cursor: 12, events: [{ sequence: 0 }] });
    expect(asked).toEqual(['test.case,test.none 3-6', 'test.case,test.none 8-12']);
  });

  it('leaves a long stretch of others to the file', () => {
    const recent = ring({ maxEvents: 10, maxChars: 1_000 }, 0, () => {
      throw new Error('not to be read');
    });
    recent.fillTo(8);
    expect(recent.read(cases, 7, 10)).toBeNull();
    expect(recent.read(cases, 8, 10)).toEqual({ events: [], cursor: 8 });
  });

  it('keeps nothing of what nobody follows', () => {
    const recent = ring({ maxEvents: 10, maxChars: 1_000 }, 0);
    const make = () => {
      throw new Error('nobody follows it');
    };
    recent.push('test.call', 1, 2, make, 20);
    expect(recent.read(new Set(['test.call']), 0, 10)).toEqual({ events: [], cursor: 2 });
    recent.want(['test.call']);
    expect(recent.read(new Set(['test.call']), 0, 10)).toBeNull();
  });

  it('takes an append that is larger than itself', () => {
    const recent = ring({ maxEvents: 4, maxChars: 1_000 }, 0);
    recent.push('test.case', 1, 10, () => eventsAt(1, 10), 100);
    expect(recent.read(cases, 5, 10)).toBeNull();
    expect(positions(recent.read(cases, 6, 10)?.events ?? [])).toEqual([7, 8, 9, 10]);
  });
});
