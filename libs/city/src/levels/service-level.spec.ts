import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { readProfile } from '../profile/read-profile.js';
import { createLocalClock } from '../time/local-clock.js';
import { createBusinessCalendar } from './business-calendar.js';
import type { Holiday } from './holidays.js';
import { holidaysOf } from './holidays.js';
import { dueAt } from './service-level.js';

const calendarFile = readProfile('boston').calendar;
const holidays: readonly Holiday[] = calendarFile.holidays;
const clock = createLocalClock(calendarFile.timeZone);
const calendar = createBusinessCalendar(clock, calendarFile, holidays);
const dueLocal = (openedLocal: string, days: number): string =>
  clock.toLocal(dueAt(clock.fromLocal(openedLocal), { kind: 'business-days', days }, calendar) ?? '');

describe('holidays', () => {
  it('are computed for any year', () => {
    const named = (year: number): Record<string, string> =>
      Object.fromEntries(
        [...holidaysOf(holidays, year)].map(([day, name]) => [
          name,
          new Date(day * 86_400_000).toISOString().slice(0, 10),
        ]),
      );
    expect(named(2015)).toMatchObject({
      "Patriots' Day": '2015-04-20',
      'Memorial Day': '2015-05-25',
      'Thanksgiving Day': '2015-11-26',
      'Independence Day': '2015-07-04',
    });
    expect(named(2015)).not.toHaveProperty('Juneteenth');
    expect(named(2022)).toMatchObject({ 'Christmas Day': '2022-12-26', Juneteenth: '2022-06-20' });
  });

  it('can hang on Easter', () => {
    const easter: Holiday = { name: 'Easter Monday', rule: { kind: 'easter', offsetDays: 1 } };
    for (const [year, day] of [
      [2011, '2011-04-25'],
      [2015, '2015-04-06'],
      [2024, '2024-04-01'],
      [2038, '2038-04-26'],
    ] as const) {
      expect(holidaysOf([easter], year).has(Date.parse(day) / 86_400_000)).toBe(true);
    }
  });
});

describe('dueAt', () => {
  it('keeps the time of day of a report that came in office hours', () => {
    expect(dueLocal('2015-08-11 10:15:30', 10)).toBe('2015-08-25 10:15:30');
  });

  it('counts a report after closing from the next business morning', () => {
    expect(dueLocal('2015-08-11 17:00:00', 1)).toBe('2015-08-13 08:30:00');
    expect(dueLocal('2015-08-11 06:00:00', 1)).toBe('2015-08-12 08:30:00');
    expect(dueLocal('2015-08-15 12:00:00', 1)).toBe('2015-08-18 08:30:00');
  });

  it('passes over weekends and holidays', () => {
    expect(dueLocal('2015-11-25 12:00:00', 1)).toBe('2015-11-27 12:00:00');
    expect(dueLocal('2015-04-17 12:00:00', 1)).toBe('2015-04-21 12:00:00');
  });

  it('runs clock hours through the night and through a change of offset', () => {
    expect(dueAt('2015-03-08T04:00:00.000Z', { kind: 'hours', hours: 24 }, calendar)).toBe(
      '2015-03-09T04:00:00.000Z',
    );
  });

  it('promises nothing where there is no level', () => {
    expect(dueAt('2015-03-08T04:00:00.000Z', { kind: 'none' }, calendar)).toBeNull();
  });

  it('is never before the opening, and more days never come sooner', () => {
    const opened = fc.integer({ min: Date.UTC(2008, 0, 1), max: Date.UTC(2035, 0, 1) });
    fc.assert(
      fc.property(opened, fc.integer({ min: 0, max: 60 }), (openedMs, days) => {
        const openedAt = new Date(openedMs).toISOString();
        const due = dueAt(openedAt, { kind: 'business-days', days }, calendar) ?? '';
        const later = dueAt(openedAt, { kind: 'business-days', days: days + 1 }, calendar) ?? '';
        expect(due >= openedAt).toBe(true);
        expect(later > due).toBe(true);
      }),
    );
  });
});
