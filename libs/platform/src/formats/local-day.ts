import type { Format, FormReading } from './format.js';
import { dayMsOf, instant } from './instant.js';

const pattern = /^\d{4}-\d\d-\d\d$/;

const read = (given: unknown): FormReading => {
  if (typeof given !== 'string' || !pattern.test(given) || dayMsOf(given) === null)
    return { fault: 'must be a day, such as 2026-11-21' };
  return given < '1900' || given >= '2200'
    ? { fault: 'must lie between the years 1900 and 2199, as 2026-11-21 does' }
    : { value: given };
};

/** A day of the city's calendar, `YYYY-MM-DD`, which begins at midnight there. Years 1900 to 2199. */
export const localDay: Format = { name: 'local-day', read };

/** A day of the city's calendar or an instant, each in its own normal form; `isLocalDay` tells which. */
export const instantOrDay: Format = {
  name: 'instant-or-day',
  read: (given) => {
    if (typeof given === 'string' && pattern.test(given)) return read(given);
    const reading = instant.read(given);
    return 'value' in reading ? reading : { fault: `${reading.fault}, or a day, such as 2026-11-21` };
  },
};

/** Of a value that `instantOrDay` has read. */
export const isLocalDay = (value: string): boolean => value.length === '2026-11-21'.length;
