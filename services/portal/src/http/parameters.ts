import type { City } from '@city311/city';
import type { Fault } from '@city311/platform';

export type Parameters = Readonly<Record<string, unknown>>;

const dayMs = 86_400_000;

/** Midnight, local time, of a date parameter plus `days`, as an instant; null where it is absent or empty. */
export const dateParameter = (
  query: Parameters,
  name: string,
  { clock }: City,
  faults: Fault[],
  days = 0,
): string | null => {
  const value = query[name];
  if (value === undefined || value === '') return null;
  try {
    if (typeof value !== 'string' || value.length !== 10) throw new RangeError();
    const midnight = clock.wallMs(clock.fromLocalMs(value));
    return new Date(clock.fromWallMs(midnight + days * dayMs)).toISOString();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    faults.push({ path: name, message: 'must be a date, YYYY-MM-DD' });
    return null;
  }
};

const instantShape = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/** 31 February would pass as a day of March. */
const isDay = (date: string): boolean => {
  const milliseconds = Date.parse(date);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(date);
};

/** The instant that an answer is to hold for; now where it is absent or empty. */
export const asOfParameter = (query: Parameters, now: Date, faults: Fault[]): string => {
  const value = query['asOf'];
  if (value === undefined || value === '') return now.toISOString();
  const date = typeof value === 'string' ? instantShape.exec(value)?.[1] : undefined;
  if (typeof value === 'string' && date !== undefined && isDay(date)) {
    const milliseconds = Date.parse(value);
    if (!Number.isNaN(milliseconds)) return new Date(milliseconds).toISOString();
  }
  faults.push({ path: 'asOf', message: 'must be an instant with its zone, such as 2015-08-11T12:00:00Z' });
  return now.toISOString();
};

/** A misspelt parameter would quietly answer another question. */
export const onlyParameters = (query: Parameters, known: readonly string[], faults: Fault[]): void => {
  for (const name of Object.keys(query)) {
    if (!known.includes(name))
      faults.push({ path: name, message: `is not known here; known are ${known.join(', ')}` });
  }
};
