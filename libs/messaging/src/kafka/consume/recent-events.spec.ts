import { describe, expect, it } from '@jest/globals';

import { RecentEvents } from './recent-events.js';

describe('Recent events', () => {
  it('are taken once by the same assignment', () => {
    const recent = new RecentEvents(10);
    expect(recent.take('a', 1)).toBe(true);
    expect(recent.take('a', 1)).toBe(false);
  });

  it('may be taken by the next assignment, unless their effect is done', () => {
    const recent = new RecentEvents(10);
    for (const id of ['a', 'b']) recent.take(id, 1);
    recent.done('a');
    expect(recent.take('a', 2)).toBe(false);
    expect(recent.take('b', 2)).toBe(true);
  });

  it('are forgotten, the oldest first', () => {
    const recent = new RecentEvents(2);
    for (const id of ['a', 'b', 'c']) recent.take(id, 1);
    recent.done('a');
    expect(recent.take('c', 1)).toBe(false);
    expect(recent.take('a', 1)).toBe(true);
  });
});
