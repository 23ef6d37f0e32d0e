import type { Instant } from '@city311/kernel';
import type { KeyRate } from '@city311/vault';

const dayMs = 86_400_000;

/**
 * The instant that an option of time means: `90d` from now, the end of a day (`2027-06-30`, UTC), or an instant.
 * @throws RangeError  none of these, or not in the future
 */
export const instantOf = (option: string, text: string, now: Date): Instant => {
  const [, days] = /^(\d{1,4})d$/.exec(text) ?? [];
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{3})?)?Z$/.test(text);
  const at = new Date(
    days !== undefined
      ? now.getTime() + Number(days) * dayMs
      : isDay
        ? `${text}T23:59:59.999Z`
        : isInstant
          ? text
          : Number.NaN,
  );
  const isWhole =
    days !== undefined || (!Number.isNaN(at.getTime()) && at.toISOString().startsWith(text.slice(0, 10)));
  if (!isWhole)
    throw new RangeError(`--${option} ${text} is no time: 90d, 2027-06-30 or 2027-06-30T12:00:00Z`);
  if (at <= now) throw new RangeError(`--${option} ${text} is not in the future`);
  return at.toISOString();
};

/** @throws RangeError  no whole number above 0, and not `unlimited` */
export const rateOf = (text: string): KeyRate => {
  if (text === 'unlimited') return text;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new RangeError(`--rate ${text} is none: requests a minute, or unlimited`);
  return Number(text);
};
