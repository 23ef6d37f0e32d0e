import type { Instant } from '@city311/kernel';

/** Something to be done at an instant, as the projection knows it. */
export interface DueTimer {
  readonly id: string;
  readonly dueAt: Instant;
}

/**
 * A projection plus a guarded command: the projection tells what is due, the command's decider lets each timer
 * take effect once, however often it is fired.
 */
export interface TimerSource {
  /** Timers with `dueAt` <= `now`, oldest first, at most `limit`; a fired one goes on standing there until the projection has seen it. */
  dueTimers(now: Instant, limit: number): Promise<readonly DueTimer[]>;
  /** Earliest `dueAt` of all that are not fired; null when there is none. */
  nextDue(): Promise<Instant | null>;
  /** Must be idempotent. Resolves quietly where there is nothing left to do; throws to be called again later. */
  fire(timer: DueTimer): Promise<void>;
}

export interface TimerFailure {
  readonly timer: DueTimer;
  readonly attempts: number;
  readonly error: unknown;
}
