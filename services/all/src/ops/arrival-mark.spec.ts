import { describe, expect, it } from '@jest/globals';

import { newEventId } from '@city311/eventing';

import { arrivalMark, withArrivals } from './arrival-mark.js';

describe('A fold with the places of the live document', () => {
  const place = newEventId();

  it('has them where it is marked, and nowhere else', () => {
    const folded = { id: 'a', place: arrivalMark, parts: [{ place: arrivalMark }, 'b'], none: null };
    const live = { id: 'x', place, parts: [{ place }, 'y'], none: 1 };
    expect(withArrivals(folded, live)).toEqual({ id: 'a', place, parts: [{ place }, 'b'], none: null });
  });

  it('keeps its mark where the live document has no such place', () => {
    for (const live of [{ place: '' }, { place: 'elsewhere' }, {}, null])
      expect(withArrivals({ place: arrivalMark }, live)).toEqual({ place: arrivalMark });
  });
});
