import { describe, expect, it } from '@jest/globals';

import type { Position } from './envelope.js';
import { hasReached } from './positions.js';

const reached = (position: string, wanted: string): boolean =>
  hasReached(position as Position, wanted as Position);

describe('A position', () => {
  it('of one log has reached what does not come after it', () => {
    expect(reached('0005', '0005')).toBe(true);
    expect(reached('0006', '0005')).toBe(true);
    expect(reached('0004', '0005')).toBe(false);
  });

  it('of many partitions has reached another when each partition has', () => {
    expect(reached('10|a:5,5', '10|a:5,5')).toBe(true);
    expect(reached('11|a:6,5', '10|a:5,5')).toBe(true);
    expect(reached('11|a:7,4', '10|a:5,5')).toBe(false);
    expect(reached('5|a:5', '5|a:5,0')).toBe(true);
    expect(reached('9|a:9', '6|a:5,1')).toBe(false);
  });

  it('does not wait for topics that its reader does not follow', () => {
    expect(reached('2|a:2', '9|a:2|b:7')).toBe(true);
    expect(reached('9|a:2|b:7', '10|a:3|b:7')).toBe(false);
    expect(reached('9|a:2|b:7', '1|a:1')).toBe(true);
  });
});
