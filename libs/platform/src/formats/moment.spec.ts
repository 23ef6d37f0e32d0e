import { describe, expect, it } from '@jest/globals';

import { clocksDifferMs, happenedAt, happenedFaults, isHistory, plannedFaults } from './moment.js';

const now = new Date('2026-07-01T16:00:00.000Z');
const dayMs = 86_400_000;
const from = (ms: number): string => new Date(now.getTime() + ms).toISOString();
const said = (faults: readonly { readonly message: string }[]): readonly string[] =>
  faults.map(({ message }) => message);

describe('What is said to have happened', () => {
  it('may be five minutes ahead of our clock, or as old as computers', () => {
    for (const at of [
      undefined,
      from(0),
      from(clocksDifferMs),
      from(-9_999 * dayMs),
      '1970-01-01T00:00:00.000Z',
    ])
      expect(happenedFaults('at', at, now)).toEqual([]);
    expect(said(happenedFaults('at', from(clocksDifferMs + 1), now))).toEqual(['must not lie in the future']);
    expect(happenedFaults('data.at', '1969-12-31T23:59:59.999Z', now)).toEqual([
      { path: 'data.at', message: 'must not lie before 1970' },
    ]);
  });

  it('counts as told, but never as later than now', () => {
    expect(happenedAt(from(-5), now)).toBe(from(-5));
    for (const at of [undefined, from(0), from(1)]) expect(happenedAt(at, now)).toBe(from(0));
  });

  it('is history where an importer dates it, or when it is over a day old', () => {
    expect(isHistory(undefined, true, now)).toBe(false);
    expect(isHistory(undefined, false, now)).toBe(false);
    expect(isHistory(from(0), true, now)).toBe(true);
    expect(isHistory(from(-dayMs), false, now)).toBe(false);
    expect(isHistory(from(-dayMs - 1), false, now)).toBe(true);
  });
});

describe('What work is planned for', () => {
  it('lies between the day before and ten years ahead', () => {
    const planned = (ms: number): readonly string[] => said(plannedFaults('for', from(ms), from(0)));
    for (const ms of [-dayMs, 0, 3_652 * dayMs]) expect(planned(ms)).toEqual([]);
    expect(planned(-dayMs - 1)).toEqual(['must not lie in the past']);
    expect(planned(3_652 * dayMs + 1)).toEqual(['must lie within ten years']);
  });
});
