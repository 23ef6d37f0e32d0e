import { describe, expect, it } from '@jest/globals';
import { validate, version } from 'uuid';

import { newEventId } from './event-id.js';

describe('newEventId', () => {
  const ids = Array.from({ length: 50_000 }, newEventId);

  it('makes UUIDs of version 7', () => {
    expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
  });

  it('never repeats and sorts in the order of making, far more than 4,096 in a millisecond included', () => {
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
  });

  it('begins with the time of making', () => {
    const before = Date.now();
    const madeAt = Number.parseInt(newEventId().replaceAll('-', '').slice(0, 12), 16);
    expect(Math.abs(madeAt - before)).toBeLessThan(1_000);
  });
});
