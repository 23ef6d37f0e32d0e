import type { Instant } from '@city311/kernel';

/**
 * One run from an opening (or reopening) to the close. `closedAt` and `onTime` are null while it runs, and for ever
 * where the case was withdrawn.
 */
export interface Clock {
  readonly openedAt: Instant;
  readonly dueAt: Instant | null;
  readonly closedAt: Instant | null;
  readonly onTime: boolean | null;
}

export const startClock = (openedAt: Instant, dueAt: Instant | null): Clock => ({
  openedAt,
  dueAt,
  closedAt: null,
  onTime: null,
});

/** Stops the last clock; told twice (older systems do), the later telling stands. */
export const stopClock = (clocks: readonly Clock[], closedAt: Instant, onTime: boolean): readonly Clock[] =>
  clocks.map((clock, at) => (at === clocks.length - 1 ? { ...clock, closedAt, onTime } : clock));

/** Whether the clock is past its due date at an instant while it runs. A clock that stopped is never overdue: see `onTime`. */
export const isOverdue = (clock: Pick<Clock, 'dueAt' | 'closedAt'>, asOf: Instant): boolean =>
  clock.closedAt === null && clock.dueAt !== null && Date.parse(clock.dueAt) < Date.parse(asOf);

/** What a report says of a clock at an instant: its result once it stopped, else whether it may still be met. */
export const isOnTime = (clock: Clock, asOf: Instant): boolean => clock.onTime ?? !isOverdue(clock, asOf);
