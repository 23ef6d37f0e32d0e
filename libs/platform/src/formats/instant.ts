import type { Format, FormReading } from './format.js';

const pattern =
  /^(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,20}))?)?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)$/;

const first = Date.UTC(1900, 0, 1);
const end = Date.UTC(2200, 0, 1);
const minuteMs = 60_000;

const noInstant: FormReading = {
  fault: 'must be an instant with its zone, such as 2026-11-21T15:15:00Z or 2026-11-21T10:15:00-05:00',
};
const outOfRange: FormReading = {
  fault: 'must lie between the years 1900 and 2199, as 2026-11-21T15:15:00Z does',
};

/** Milliseconds since 1970 of midnight UTC; null where the calendar has no such day. */
export const dayMsOf = (day: string): number | null => {
  const milliseconds = Date.parse(`${day}T00:00:00.000Z`);
  // 31 February passes for a day of March.
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(day)
    ? milliseconds
    : null;
};

/** A leap second is the last millisecond before the month that it was put before. */
const isLeapSecond = (minuteStart: number): boolean => {
  const next = new Date(minuteStart + minuteMs);
  return next.getUTCDate() === 1 && next.getUTCHours() === 0 && next.getUTCMinutes() === 0;
};

const read = (given: unknown): FormReading => {
  const match = typeof given === 'string' ? pattern.exec(given) : null;
  const dayMs = match?.[1] === undefined ? null : dayMsOf(match[1]);
  if (match === null || dayMs === null) return noInstant;
  const part = (group: number): number => Number(match[group] ?? 0);
  const [hour, minute, second] = [part(2), part(3), part(4)];
  const [offsetHours, offsetMinutes] = [part(7), part(8)];
  if (hour > 23 || minute > 59 || second > 60 || offsetHours > 23 || offsetMinutes > 59) return noInstant;
  const offset = (offsetHours * 60 + offsetMinutes) * (match[6] === '-' ? -1 : 1);
  const minuteStart = dayMs + (hour * 60 + minute - offset) * minuteMs;
  if (second === 60 && !isLeapSecond(minuteStart)) return noInstant;
  // Digit by digit: as a number, 0.57 seconds would come out as 569 ms.
  const fraction = Number((match[5] ?? '').padEnd(3, '0').slice(0, 3));
  const milliseconds = minuteStart + (second === 60 ? minuteMs - 1 : second * 1000 + fraction);
  if (milliseconds < first || milliseconds >= end) return outOfRange;
  return { value: new Date(milliseconds).toISOString() };
};

/**
 * RFC 3339 and the extended form of ISO 8601: a calendar date, a time with or without seconds and fractions, and a
 * zone, of which `+00` and `+0000` are as good as `+00:00`. Normal form: UTC with milliseconds,
 * `YYYY-MM-DDTHH:mm:ss.sssZ`, so that instants compare as text; finer fractions are cut off. Years 1900 to 2199.
 */
export const instant: Format = { name: 'instant', read };
