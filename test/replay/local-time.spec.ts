import { describe, expect, it } from '@jest/globals';

import { instantOf, isRealLocalTime, localOf } from './local-time.js';

describe('instantOf', () => {
  it('reads winter and summer times', () => {
    expect(instantOf('2015-01-05 08:30:00')).toBe('2015-01-05T13:30:00.000Z');
    expect(instantOf('2015-08-11 08:30:00')).toBe('2015-08-11T12:30:00.000Z');
  });

  it('takes the first of two equal times in autumn', () => {
    expect(instantOf('2015-11-01 01:30:00')).toBe('2015-11-01T05:30:00.000Z');
    expect(instantOf('2015-11-01 00:59:59')).toBe('2015-11-01T04:59:59.000Z');
    expect(instantOf('2015-11-01 02:00:00')).toBe('2015-11-01T07:00:00.000Z');
  });

  it('moves a time that spring left out to the next hour', () => {
    expect(instantOf('2015-03-08 02:30:00')).toBe('2015-03-08T07:30:00.000Z');
    expect(localOf(instantOf('2015-03-08 02:30:00'))).toBe('2015-03-08 03:30:00');
    expect(isRealLocalTime('2015-03-08 02:30:00')).toBe(false);
  });

  it('comes back unchanged for every minute around both changes', () => {
    for (const day of ['2015-03-08', '2015-11-01', '2011-03-13', '2011-11-06']) {
      for (let minute = 0; minute < 24 * 60; minute += 1) {
        const clock = new Date(minute * 60_000).toISOString().slice(11, 19);
        const local = `${day} ${clock}`;
        if (clock.startsWith('02') && day.slice(5, 7) === '03') continue;
        expect(localOf(instantOf(local))).toBe(local);
      }
    }
  });

  it('refuses another shape', () => {
    expect(() => instantOf('08/11/2015 08:30')).toThrow(RangeError);
  });
});
