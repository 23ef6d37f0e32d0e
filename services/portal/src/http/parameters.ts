import type { City } from '@city311/city';
import type { Fault } from '@city311/platform';

type Parameters = Readonly<Record<string, unknown>>;

/** Midnight, local time, of a date parameter plus `days`, as an instant; null where it is absent or empty. */
export const dateParameter = (
  query: Parameters,
  name: string,
  city: City,
  faults: Fault[],
  days = 0,
): string | null => {
  const value = query[name];
  if (value === undefined || value === '') return null;
  try {
    if (typeof value !== 'string' || value.length !== 10) throw new RangeError();
    const date = new Date(Date.parse(`${value}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
    return city.clock.fromLocal(date);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    faults.push({ path: name, message: 'must be a date, YYYY-MM-DD' });
    return null;
  }
};

/** The instant that an answer is to hold for; now where it is absent. */
export const asOfParameter = (query: Parameters, now: Date, faults: Fault[]): string => {
  const value = query['asOf'];
  if (value === undefined || value === '') return now.toISOString();
  const shaped =
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(value);
  const milliseconds = shaped ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(milliseconds)) return new Date(milliseconds).toISOString();
  faults.push({ path: 'asOf', message: 'must be an instant with its zone, such as 2015-08-11T12:00:00Z' });
  return now.toISOString();
};
