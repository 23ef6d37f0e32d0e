import { describe, expect, it } from '@jest/globals';

import { hasReached, type Position } from '@city311/kernel';

import { fromPosition, toPosition } from './place.js';

describe('A place in topics', () => {
  const place = new Map([
    ['b.v1', [7]],
    ['a.v1', [5, 0, 12]],
  ]);

  it('is a position, and can be had back from it', () => {
    const position = toPosition(place);
    expect(position).toBe('0000000000000024|a.v1:5,0,12|b.v1:7');
    expect(fromPosition(position)).toEqual(place);
  });

  it('is a greater position than each before it', () => {
    const before = toPosition(place);
    const after = toPosition(new Map([...place, ['b.v1', [10]]]));
    expect(after > before).toBe(true);
    expect(hasReached(after, before)).toBe(true);
    expect(hasReached(before, after)).toBe(false);
  });

  it.each(['000017', '12|', '12|a', '12|a:', '12|a:1,', '12|a:x', ''])('is not read from %p', (position) => {
    expect(fromPosition(position as Position)).toBeNull();
  });
});
