import { describe, expect, it } from '@jest/globals';

import { LastSeen } from './last-seen.js';

describe('What was seen last of a stream', () => {
  it('shows what is missing, but not before the first event', () => {
    const seen = new LastSeen(10);
    expect([7, 8, 11, 9, 12].map((sequence) => seen.missingBefore('a', sequence))).toEqual([0, 0, 2, 0, 0]);
  });

  it('forgets the stream that was not met for longest', () => {
    const seen = new LastSeen(2);
    for (const stream of ['a', 'b', 'a', 'c']) seen.missingBefore(stream, 5);
    expect(seen.missingBefore('a', 9)).toBe(3);
    expect(seen.missingBefore('b', 9)).toBe(0);
  });
});
