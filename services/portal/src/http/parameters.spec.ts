import { describe, expect, it } from '@jest/globals';

import { loadCity } from '@city311/city';
import type { Fault } from '@city311/platform';

import { asOfParameter, dateParameter, onlyParameters } from './parameters.js';

const city = loadCity('boston');
const now = new Date('2026-11-22T12:00:00.000Z');

const dateOf = (value: unknown, days = 0): string | null | readonly Fault[] => {
  const faults: Fault[] = [];
  const date = dateParameter({ from: value }, 'from', city, faults, days);
  return faults.length === 0 ? date : faults;
};

const asOfOf = (value: unknown): string | readonly Fault[] => {
  const faults: Fault[] = [];
  const asOf = asOfParameter({ asOf: value }, now, faults);
  return faults.length === 0 ? asOf : faults;
};

describe('A date parameter', () => {
  it('is midnight in the city, in summer and in winter', () => {
    expect(dateOf('2026-07-01')).toBe('2026-07-01T04:00:00.000Z');
    expect(dateOf('2026-12-01')).toBe('2026-12-01T05:00:00.000Z');
  });

  it('and a day more is the next midnight, also where the day has 23 or 25 hours', () => {
    expect(dateOf('2026-03-08', 1)).toBe('2026-03-09T04:00:00.000Z');
    expect(dateOf('2026-11-01', 1)).toBe('2026-11-02T05:00:00.000Z');
    expect(dateOf('2026-12-31', 1)).toBe('2027-01-01T05:00:00.000Z');
  });

  it('is nothing where it is absent or empty', () => {
    expect(dateOf(undefined)).toBeNull();
    expect(dateOf('')).toBeNull();
  });

  it.each([
    '2026-02-31',
    '2026-13-01',
    '2026-1-1',
    '2026-01-01x',
    'yesterday',
    '2026/01/01',
    '0000-00-00',
    ['2026-01-01', '2026-01-02'],
  ])('is a fault where it is no date: %j', (value) => {
    expect(dateOf(value)).toEqual([{ path: 'from', message: 'must be a date, YYYY-MM-DD' }]);
    expect(dateOf(value, 1)).toHaveLength(1);
  });
});

describe('The instant asked for', () => {
  it('is now where none is given', () => {
    expect(asOfOf(undefined)).toBe(now.toISOString());
    expect(asOfOf('')).toBe(now.toISOString());
  });

  it('may be given in any zone, and is compared in UTC with milliseconds', () => {
    expect(asOfOf('2015-08-11T08:00:00-04:00')).toBe('2015-08-11T12:00:00.000Z');
    expect(asOfOf('2015-08-11T12:00Z')).toBe('2015-08-11T12:00:00.000Z');
  });

  it.each([
    '2015-08-11',
    '2015-08-11T12:00:00',
    '2015-02-30T12:00:00Z',
    '2015-08-11T25:00:00Z',
    'now',
    7,
    ['2015-08-11T12:00:00Z'],
  ])('is a fault where it is no instant with its zone: %j', (value) => {
    expect(asOfOf(value)).toEqual([expect.objectContaining({ path: 'asOf' })]);
  });
});

describe('Parameters', () => {
  it('that nobody knows are each a fault', () => {
    const faults: Fault[] = [];
    const query = Object.fromEntries(['form', 'asOf', '__proto__'].map((name) => [name, '1']));
    onlyParameters(query, ['from', 'asOf'], faults);
    expect(faults.map(({ path }) => path)).toEqual(['form', '__proto__']);
  });
});
