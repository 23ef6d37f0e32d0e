import { describe, expect, it } from '@jest/globals';

import { ParkedFold } from './parked-fold.js';
import type { ParkedRecord } from './parked-record.js';

const group = 'city311.test.on-case';
const at = '2026-01-05T08:00:00.000Z';
const claim = (epoch: number, by = `member-${epoch}`): ParkedRecord => ({ kind: 'claim', group, epoch, by });
const parked = (epoch: number, offset: number, reason = 'queued-behind'): ParkedRecord => ({
  kind: 'parked',
  group,
  epoch,
  offset,
  eventId: `event-${offset}`,
  type: 'test.Changed.v1',
  stream: 'test.case-A',
  sequence: offset,
  reason,
  attempts: 1,
  at,
});

describe('What stands parked', () => {
  const foldOf = (
    ...records: readonly (readonly [caseNumber: string, record: ParkedRecord])[]
  ): ParkedFold => {
    const fold = new ParkedFold();
    for (const [lies, [caseNumber, record]] of records.entries()) fold.apply(0, caseNumber, record, lies);
    return fold;
  };
  const offsets = (fold: ParkedFold, caseNumber: string): readonly number[] =>
    fold
      .linesIn(group, 0)
      .get(caseNumber)
      ?.entries.map(({ offset }) => offset) ?? [];

  it('is a line for each case, in order', () => {
    const fold = foldOf(
      ['', claim(1)],
      ['A', parked(1, 4, 'no such place')],
      ['B', parked(1, 5, 'broken')],
      ['A', parked(1, 9)],
    );
    expect(offsets(fold, 'A')).toEqual([4, 9]);
    expect(offsets(fold, 'B')).toEqual([5]);
    expect(fold.count(group)).toBe(3);
  });

  it('takes each message once, however often it is written', () => {
    const fold = foldOf(
      ['', claim(1)],
      ['A', parked(1, 4)],
      ['A', parked(1, 6)],
      ['A', parked(1, 4)],
      ['A', parked(1, 6)],
    );
    expect(offsets(fold, 'A')).toEqual([4, 6]);
  });

  it('does not listen to a member that has been replaced', () => {
    const fold = foldOf(
      ['', claim(1)],
      ['A', parked(1, 4)],
      ['', claim(2)],
      ['A', parked(1, 7)],
      ['B', parked(1, 8)],
      ['A', { kind: 'released', group, epoch: 1, offset: 4 }],
      ['', claim(1, 'a late one')],
      ['', claim(2, 'a second one')],
    );
    expect(offsets(fold, 'A')).toEqual([4]);
    expect(offsets(fold, 'B')).toEqual([]);
    expect(fold.claimOf(group, 0)).toEqual({ epoch: 2, by: 'member-2' });
  });

  it('lets go what was handled, and ends with its last message', () => {
    const fold = foldOf(
      ['', claim(1)],
      ['A', parked(1, 4)],
      ['A', { kind: 'asked', group }],
      ['A', parked(1, 6)],
      ['A', { kind: 'released', group, epoch: 1, offset: 4 }],
    );
    expect(offsets(fold, 'A')).toEqual([6]);
    expect(fold.linesIn(group, 0).get('A')?.asked).toBe(2);
    fold.apply(0, 'A', { kind: 'released', group, epoch: 1, offset: 6 }, 5);
    expect(fold.linesIn(group, 0).size).toBe(0);
    expect(fold.count(group)).toBe(0);
  });

  it('keeps the newest reason of a message that failed again, and waits to be asked again', () => {
    const fold = foldOf(
      ['', claim(1)],
      ['A', parked(1, 4, 'first')],
      ['A', { kind: 'asked', group }],
      ['A', { kind: 'failed', group, epoch: 1, offset: 4, reason: 'second', at }],
    );
    const line = fold.linesIn(group, 0).get('A');
    expect(line?.asked).toBeNull();
    expect(line?.entries).toMatchObject([{ reason: 'second', attempts: 2 }]);
  });

  it('is told apart by group and partition', () => {
    const fold = foldOf(['', claim(1)], ['A', parked(1, 4)]);
    fold.apply(1, 'A', claim(1), 0);
    fold.apply(1, 'A', parked(1, 2), 1);
    expect(offsets(fold, 'A')).toEqual([4]);
    expect([...fold.lines(group)].map(([partition]) => partition)).toEqual([0, 1]);
    expect(fold.count('another')).toBe(0);
  });
});
