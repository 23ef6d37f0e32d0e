import { describe, expect, it } from '@jest/globals';

import { mergeStatuses } from './merged-status.js';
import { serviceFor } from './routes.js';

const line = (group: string, lag: number, parked = 0) => ({ group, lag, parked });
const status = (head: string | null, ...groups: readonly object[]) => ({
  drained: groups.every((group) => !('lag' in group) || group.lag === 0),
  head,
  groups,
});

describe('The status of several processes as one', () => {
  it('is drained where all say so and saw the same head', () => {
    expect(mergeStatuses([status('9', line('a', 0)), status('9', line('b', 0))])).toEqual({
      drained: true,
      head: '9',
      groups: [line('a', 0), line('b', 0)],
    });
  });

  it('is not drained while one of them lags', () => {
    expect(mergeStatuses([status('9', line('a', 0)), status('9', line('a', 2))])).toMatchObject({
      drained: false,
      groups: [line('a', 2)],
    });
  });

  it('is not drained where somebody saw another head, or where nobody answers', () => {
    expect(mergeStatuses([status('9'), status('8')]).drained).toBe(false);
    expect(mergeStatuses([])).toEqual({ drained: false, head: null, groups: [] });
  });

  it('tells the most that anybody says of a group, and adds up its topics', () => {
    const merged = mergeStatuses([
      status('9', line('a', 1, 1), line('a', 2, 1)),
      status('9', line('a', 2, 5), line('b', 0)),
    ]);
    expect(merged.groups).toEqual([line('a', 3, 5), line('b', 0)]);
  });
});

describe('The way of a request through the gateway', () => {
  it.each([
    ['/events', 'intake'],
    ['/open311/v2/requests.json', 'intake'],
    ['/api/cases/260000000014', 'intake'],
    ['/api/routing/triage', 'routing'],
    ['/api/work-orders', 'departments'],
    ['/api/work-orders/batch', 'departments'],
    ['/unsubscribe/260000000014/a', 'notifications'],
    ['/api/notices', 'notifications'],
    ['/open-data/service-requests.csv', 'portal'],
    ['/api/insights/summary', 'portal'],
    ['/eventsthatarenone', 'portal'],
    ['/', 'portal'],
  ])('of %s leads to %s', (path, service) => {
    expect(serviceFor(path)).toBe(service);
  });
});
