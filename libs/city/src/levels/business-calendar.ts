import type { LocalClock } from '../time/local-clock.js';
import type { Holiday } from './holidays.js';
import { holidaysOf } from './holidays.js';

/** Working days and office hours of a city; days are counted since 1970-01-01 on the city's own clock. */
export interface BusinessCalendar {
  readonly clock: LocalClock;
  /** Minutes after local midnight at which the office opens and closes. */
  readonly opensMinute: number;
  readonly closesMinute: number;
  isBusinessDay(day: number): boolean;
  /** The `count`-th business day after `day`; `count` >= 1. */
  businessDayAfter(day: number, count: number): number;
  /** Name of the holiday kept on that day, if any. */
  holidayOn(day: number): string | null;
}

export interface OfficeHours {
  /** 0 = Sunday to 6. */
  readonly workdays: readonly number[];
  /** `HH:MM` local. */
  readonly opens: string;
  readonly closes: string;
}

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

export const createBusinessCalendar = (
  clock: LocalClock,
  hours: OfficeHours,
  holidays: readonly Holiday[],
): BusinessCalendar => {
  const byYear = new Map<number, ReadonlyMap<number, string>>();
  const holidayOn = (day: number): string | null => {
    const year = new Date(day * 86_400_000).getUTCFullYear();
    let days = byYear.get(year);
    if (days === undefined) {
      days = holidaysOf(holidays, year);
      byYear.set(year, days);
    }
    return days.get(day) ?? null;
  };
  const worked = Array.from({ length: 7 }, (_, weekday) => hours.workdays.includes(weekday));
  const isBusinessDay = (day: number): boolean =>
    worked[(((day + 4) % 7) + 7) % 7] === true && holidayOn(day) === null;
  return {
    clock,
    opensMinute: minuteOf(hours.opens),
    closesMinute: minuteOf(hours.closes),
    isBusinessDay,
    holidayOn,
    businessDayAfter(day, count) {
      let current = day;
      for (let left = count; left > 0;) {
        current += 1;
        if (isBusinessDay(current)) left -= 1;
      }
      return current;
    },
  };
};
