import type { Instant } from '@city311/kernel';

import type { Fault } from '../problem.js';

const dayMs = 86_400_000;
/** By how much a caller's clock may be ahead. */
export const clocksDifferMs = 300_000;
const tenYearsMs = 3_652 * dayMs;
const firstYear = '1970';

/** What is wrong with the instant at which something is said to have happened: clocks may be five minutes ahead. */
export const happenedFaults = (path: string, at: Instant | undefined, now: Date): readonly Fault[] => {
  if (at === undefined) return [];
  if (Date.parse(at) - now.getTime() > clocksDifferMs)
    return [{ path, message: 'must not lie in the future' }];
  return at < firstYear ? [{ path, message: `must not lie before ${firstYear}` }] : [];
};

/** When it happened: as told, but never after now. */
export const happenedAt = (at: Instant | undefined, now: Date): Instant => {
  const latest = now.toISOString();
  return at === undefined || at > latest ? latest : at;
};

/** History and no news: what an importer dates always is, what others date when it is over a day old. */
export const isHistory = (at: Instant | undefined, isImporter: boolean, now: Date): boolean =>
  at !== undefined && (isImporter || now.getTime() - Date.parse(at) > dayMs);

/** What is wrong with the instant that work is planned for: from the day before it is planned, ten years ahead at most. */
export const plannedFaults = (path: string, plannedFor: Instant, plannedAt: Instant): readonly Fault[] => {
  const ahead = Date.parse(plannedFor) - Date.parse(plannedAt);
  if (ahead < -dayMs) return [{ path, message: 'must not lie in the past' }];
  return ahead > tenYearsMs ? [{ path, message: 'must lie within ten years' }] : [];
};
