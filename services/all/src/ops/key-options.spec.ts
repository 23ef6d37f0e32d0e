import { describe, expect, it } from '@jest/globals';

import { instantOf, rateOf } from './key-options.js';

const now = new Date('2026-11-27T08:00:00.000Z');

describe('An option of time', () => {
  it.each([
    ['90d', '2027-02-25T08:00:00.000Z'],
    ['2027-06-30', '2027-06-30T23:59:59.999Z'],
    ['2026-11-27', '2026-11-27T23:59:59.999Z'],
    ['2027-06-30T12:00:00+02:00', '2027-06-30T10:00:00.000Z'],
    ['2027-06-30T12:00Z', '2027-06-30T12:00:00.000Z'],
    ['2027-06-30T12:00:01.500Z', '2027-06-30T12:00:01.500Z'],
  ])('%s is %s', (text, instant) => {
    expect(instantOf('expires', text, now)).toBe(instant);
  });

  it.each([
    '',
    'soon',
    '0d',
    '-1d',
    '1w',
    '2026-11-26',
    '2027-02-30',
    '2027-13-01',
    '2027-06-30T12:00:00',
    '2027-W26-3',
    '9999-12-31',
  ])('refuses %j', (text) => {
    expect(() => instantOf('expires', text, now)).toThrow(RangeError);
  });
});

describe('A rate', () => {
  it('is requests a minute, or unlimited', () => {
    expect([rateOf('600'), rateOf('unlimited')]).toEqual([600, 'unlimited']);
  });
  it.each(['', '0', '-1', '1.5', '1e3', 'none', '9999999999'])('is not %j', (text) => {
    expect(() => rateOf(text)).toThrow(RangeError);
  });
});
