import { describe, expect, it } from '@jest/globals';

import type { GroupedCount } from '@city311/read-models';

import { summarise } from './summary.js';

const asOf = '2026-07-01T12:00:00.000Z';

const group = (
  count: number,
  state: string,
  onTime: boolean | null,
  department: string | null,
  channel = 'Self Service',
  neighborhood: string | null = 'Roxbury',
): GroupedCount => ({ count, group: { state, onTime, department, channel, neighborhood } });

describe('The summary', () => {
  const standing = [
    group(4, 'open', null, 'PWDx'),
    group(3, 'open', null, null, 'Constituent Call', null),
    group(6, 'closed', true, 'PWDx', 'Constituent Call', ' '),
    group(2, 'closed', false, 'BTDT'),
    group(9, 'withdrawn', true, 'BTDT'),
  ];
  const overdue = [
    { count: 2, group: { department: 'PWDx', channel: 'Self Service', neighborhood: 'Roxbury' } },
  ];
  const summary = summarise(asOf, standing, overdue);

  it('counts open, closed and overdue cases, and of the closed ones who was in time', () => {
    expect(summary).toMatchObject({ asOf, open: 7, closed: 8, overdue: 2, onTimeShare: 0.75 });
  });

  it('names what has no department or neighbourhood, so that the parts add up', () => {
    for (const parts of [summary.byDepartment, summary.byChannel, summary.byNeighborhood]) {
      const sum = (of: (part: (typeof parts)[number]) => number): number =>
        parts.reduce((total, part) => total + of(part), 0);
      expect([sum((part) => part.open), sum((part) => part.closed), sum((part) => part.overdue)]).toEqual([
        7, 8, 2,
      ]);
    }
    expect(summary.byDepartment.map(({ name }) => name)).toEqual(['PWDx', '(none)', 'BTDT']);
    expect(summary.byNeighborhood.map(({ name }) => name)).toEqual(['(none)', 'Roxbury']);
  });

  it('has no share where nothing was closed', () => {
    expect(summarise(asOf, [group(1, 'open', null, 'PWDx')], []).onTimeShare).toBeNull();
    expect(summarise(asOf, [], [])).toMatchObject({ open: 0, closed: 0, overdue: 0, byDepartment: [] });
  });

  it('leaves withdrawn cases out', () => {
    expect(summarise(asOf, [group(1, 'withdrawn', true, 'PWDx')], [])).toMatchObject({ open: 0, closed: 0 });
  });
});
