import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { createLocalClock, isoInstant } from './local-clock.js';

const boston = createLocalClock('America/New_York');

const byIntl = (instantMs: number, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(instantMs);

const instants = fc.integer({ min: Date.UTC(2000, 0, 1) / 1000, max: Date.UTC(2040, 0, 1) / 1000 });

describe('the local clock', () => {
  it('shows summer and winter time', () => {
    expect(boston.toLocal('2015-08-11T12:00:00.000Z')).toBe('2015-08-11 08:00:00');
    expect(boston.toLocal('2015-01-11T12:00:00.999Z')).toBe('2015-01-11 07:00:00');
  });

  it('agrees with Intl at any instant', () => {
    for (const zone of ['America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kolkata']) {
      const clock = createLocalClock(zone);
      fc.assert(
        fc.property(instants, (second) => {
          expect(clock.toLocal(second * 1000)).toBe(byIntl(second * 1000, zone));
        }),
        { numRuns: 300 },
      );
    }
  });

  it('agrees with Intl around every change of offset', () => {
    for (let year = 2007; year < 2035; year += 1) {
      for (const [month, day] of [
        [2, 8],
        [10, 1],
      ] as const) {
        for (let hour = 0; hour < 24 * 8; hour += 3) {
          const at = Date.UTC(year, month, day) + hour * 3_600_000 + 59_000;
          expect(boston.toLocal(at)).toBe(byIntl(at, 'America/New_York'));
        }
      }
    }
  });

  it('gives back the instant of a local time, the earlier one where the clock shows it twice', () => {
    fc.assert(
      fc.property(instants, (second) => {
        const local = boston.toLocal(second * 1000);
        const back = Date.parse(boston.fromLocal(local));
        expect(boston.toLocal(back)).toBe(local);
        expect([0, 3_600_000]).toContain(second * 1000 - back);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads a skipped time with the offset before the change', () => {
    expect(boston.fromLocal('2015-03-08 02:30:00')).toBe('2015-03-08T07:30:00.000Z');
    expect(boston.toLocal('2015-03-08T07:30:00.000Z')).toBe('2015-03-08 03:30:00');
  });

  it('reads a repeated time as its first occurrence', () => {
    expect(boston.fromLocal('2015-11-01 01:30:00')).toBe('2015-11-01T05:30:00.000Z');
    expect(boston.fromLocal('2015-11-01 02:00:00')).toBe('2015-11-01T07:00:00.000Z');
    expect(createLocalClock('Europe/Berlin').fromLocal('2015-10-25T02:30:00')).toBe(
      '2015-10-25T00:30:00.000Z',
    );
  });

  it('writes instants as the platform does', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2e12, max: 8e12 }), (instantMs) => {
        expect(isoInstant(instantMs)).toBe(new Date(instantMs).toISOString());
      }),
      { numRuns: 1000 },
    );
  });

  it('reads a date alone as its midnight', () => {
    expect(boston.fromLocal('2015-08-11')).toBe('2015-08-11T04:00:00.000Z');
  });

  it('refuses what is no local time', () => {
    for (const text of [
      '',
      '2015-02-29',
      '2015-13-01',
      '2015-08-11 24:00:00',
      '08/11/2015 10:00',
      '2015-08-11T12:00:00Z',
      '2015-08-1 10:00:000',
    ]) {
      expect(() => boston.fromLocal(text)).toThrow(RangeError);
    }
    expect(() => boston.toLocal('yesterday')).toThrow(RangeError);
  });
});
