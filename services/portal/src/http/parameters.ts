import type { ClassConstructor } from 'class-transformer';

import type { LocalClock } from '@city311/city';
import type { Instant } from '@city311/kernel';
import { parse } from '@city311/platform';

const dayMs = 86_400_000;

/**
 * A query as `shape`; an empty parameter counts as absent, one that the shape lacks is a fault: misspelt, it would
 * quietly answer another question.
 * @throws ProblemException  400 with every fault
 */
export const questionOf = <Shape extends object>(
  shape: ClassConstructor<Shape>,
  query: Readonly<Record<string, unknown>>,
): Shape => parse(shape, Object.fromEntries(Object.entries(query).filter(([, value]) => value !== '')));

/** Midnight that begins a day of the city's calendar, or the one so many days later. */
export const startOfDay = (day: string, clock: LocalClock, daysLater = 0): Instant => {
  const midnight = clock.wallMs(clock.fromLocalMs(day));
  return new Date(clock.fromWallMs(midnight + daysLater * dayMs)).toISOString();
};
