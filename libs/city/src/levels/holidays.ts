/** When a holiday falls; months 1 to 12, weekdays 0 = Sunday to 6; `nth` -1 is the last of the month. */
export type HolidayRule =
  | {
      readonly kind: 'fixed';
      readonly month: number;
      readonly day: number;
      readonly observed: 'same-day' | 'sunday-to-monday';
    }
  | { readonly kind: 'nth-weekday'; readonly month: number; readonly weekday: number; readonly nth: number }
  | { readonly kind: 'easter'; readonly offsetDays: number };

export interface Holiday {
  readonly name: string;
  readonly rule: HolidayRule;
  /** First and last year in which it is kept. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

const dayNumber = (year: number, month: number, day: number): number =>
  Date.UTC(year, month - 1, day) / 86_400_000;
const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;

/** Easter Sunday of the Gregorian calendar, by the anonymous computus. */
const easterSunday = (year: number): number => {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const epactBase =
    century - Math.floor(century / 4) - Math.floor((8 * century + 13) / 25) + 19 * golden + 15;
  const epact = epactBase % 30;
  const moon =
    epact - Math.floor(epact / 28) * (1 - Math.floor(29 / (epact + 1)) * Math.floor((21 - golden) / 11));
  const weekday = (year + Math.floor(year / 4) + moon + 2 - century + Math.floor(century / 4)) % 7;
  const beforeMarchEnd = moon - weekday;
  const month = 3 + Math.floor((beforeMarchEnd + 40) / 44);
  return dayNumber(year, month, beforeMarchEnd + 28 - 31 * Math.floor(month / 4));
};

const dayOf = (rule: HolidayRule, year: number): number => {
  switch (rule.kind) {
    case 'fixed': {
      const day = dayNumber(year, rule.month, rule.day);
      return rule.observed === 'sunday-to-monday' && weekdayOf(day) === 0 ? day + 1 : day;
    }
    case 'nth-weekday': {
      if (rule.nth > 0) {
        const first = dayNumber(year, rule.month, 1);
        return first + ((rule.weekday - weekdayOf(first) + 7) % 7) + (rule.nth - 1) * 7;
      }
      const last = dayNumber(year, rule.month + 1, 1) - 1;
      return last - ((weekdayOf(last) - rule.weekday + 7) % 7) + (rule.nth + 1) * 7;
    }
    case 'easter':
      return easterSunday(year) + rule.offsetDays;
  }
};

/** The holidays of a year by the day on which they are kept: days since 1970-01-01. */
export const holidaysOf = (holidays: readonly Holiday[], year: number): ReadonlyMap<number, string> => {
  const days = new Map<number, string>();
  for (const { name, rule, since, until } of holidays) {
    if (year >= (since ?? year) && year <= (until ?? year)) days.set(dayOf(rule, year), name);
  }
  return days;
};
