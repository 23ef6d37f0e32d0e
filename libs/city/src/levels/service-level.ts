import type { Instant } from '@city311/kernel';

import { isoInstant } from '../time/local-clock.js';
import type { BusinessCalendar } from './business-calendar.js';

/** How long a service may take: clock hours, working days, or no promise at all. */
export type ServiceLevel =
  | { readonly kind: 'hours'; readonly hours: number }
  | { readonly kind: 'business-days'; readonly days: number }
  | { readonly kind: 'none' };

const dayMs = 86_400_000;

/**
 * Instant by which the work is due, ISO 8601 UTC, never before `openedAt`; null where nothing is promised.
 * Hours run day and night. Business days: a report that comes in office hours is due at the same time of day so
 * many working days later; one that comes outside them counts from the next opening of the office and is due at
 * opening time ("08:30 of the next business morning", ../reference facts quoted in README.md).
 * @throws RangeError  `openedAt` is not an instant
 */
export const dueAt = (openedAt: Instant, level: ServiceLevel, calendar: BusinessCalendar): Instant | null => {
  if (level.kind === 'none') return null;
  const openedMs = Date.parse(openedAt);
  if (Number.isNaN(openedMs)) throw new RangeError(`not an instant: ${JSON.stringify(openedAt)}`);
  if (level.kind === 'hours') return isoInstant(openedMs + level.hours * 3_600_000);

  const wall = calendar.clock.wallMs(openedMs);
  const day = Math.floor(wall / dayMs);
  const minute = (wall - day * dayMs) / 60_000;
  const opens = calendar.opensMinute * 60_000;
  const worked = calendar.isBusinessDay(day);
  const inHours = worked && minute >= calendar.opensMinute && minute < calendar.closesMinute;
  const early = worked && minute < calendar.opensMinute;
  const start = inHours || early ? day : calendar.businessDayAfter(day, 1);
  const due = level.days === 0 ? start : calendar.businessDayAfter(start, level.days);
  const dueWall = due * dayMs + (inHours ? wall - day * dayMs : opens);
  return isoInstant(Math.max(openedMs, calendar.clock.fromWallMs(dueWall)));
};
