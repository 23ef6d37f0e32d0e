import type { Clock, Fault } from '@city311/platform';

const dayMs = 86_400_000;
const fiveMinutesMs = 300_000;
const firstYear = '1970';

/** What is wrong with an event's time: clocks may be five minutes ahead; only who imports may tell of history. */
export const timeFaults = (time: string | undefined, mayImport: boolean, clock: Clock): readonly Fault[] => {
  if (time === undefined) return [];
  const age = clock.now().getTime() - Date.parse(time);
  if (age < -fiveMinutesMs) return [{ path: 'time', message: 'must not lie in the future' }];
  if (time < firstYear) return [{ path: 'time', message: `must not lie before ${firstYear}` }];
  return age > dayMs && !mayImport
    ? [{ path: 'time', message: 'may lie back one day at most, unless the key may import history' }]
    : [];
};

/** When it happened: as told, but never after now. */
export const happenedAt = (time: string | undefined, clock: Clock): string => {
  const now = clock.now().toISOString();
  return time === undefined || time > now ? now : time;
};

/** Whether an event tells of the past: what an importer dates always does, what staff date when it is over a day old. */
export const isHistory = (time: string | undefined, isImporter: boolean, clock: Clock): boolean =>
  time !== undefined && (isImporter || clock.now().getTime() - Date.parse(time) > dayMs);
