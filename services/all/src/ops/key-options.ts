import type { Instant } from '@city311/kernel';
import { instantOrDay, isLocalDay, normalForm } from '@city311/platform';
import type { KeyRate } from '@city311/vault';

const dayMs = 86_400_000;

const later = (now: Date, days: number): Instant => new Date(now.getTime() + days * dayMs).toISOString();

/**
 * The instant that an option of time means: `90d` from now, the end of a day (`2027-06-30`, UTC), or an instant.
 * @throws RangeError  none of these, or not in the future
 */
export const instantOf = (option: string, text: string, now: Date): Instant => {
  const [, days] = /^(\d{1,4})d$/.exec(text) ?? [];
  const told = days === undefined ? normalForm(instantOrDay, text) : later(now, Number(days));
  if (told === null)
    throw new RangeError(`--${option} ${text} is no time: 90d, 2027-06-30 or 2027-06-30T12:00:00Z`);
  const at = isLocalDay(told) ? `${told}T23:59:59.999Z` : told;
  if (at <= now.toISOString()) throw new RangeError(`--${option} ${text} is not in the future`);
  return at;
};

/** @throws RangeError  no whole number above 0, and not `unlimited` */
export const rateOf = (text: string): KeyRate => {
  if (text === 'unlimited') return text;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new RangeError(`--rate ${text} is none: requests a minute, or unlimited`);
  return Number(text);
};
