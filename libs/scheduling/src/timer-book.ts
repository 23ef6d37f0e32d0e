import type { DueTimer, TimerFailure } from './timers.js';

export interface TimerBookOptions {
  readonly retryDelayMs: number;
  readonly maxRetryDelayMs: number;
  readonly settleMs: number;
}

/** What a runner remembers of timers that the projection still shows as due: those that failed and those just fired. */
export interface TimerBook {
  fired(timer: DueTimer, now: Date): void;
  failed(timer: DueTimer, error: unknown, now: Date): TimerFailure;
  mayFire(timer: DueTimer, now: Date): boolean;
  /** Drops what the projection has had time to see. */
  forget(now: Date): void;
  /** Milliseconds until the first of `timers` may be fired, at least 5. */
  nextTryMs(timers: readonly DueTimer[], now: Date): number;
  failing(): readonly TimerFailure[];
  size(): number;
}

interface Line {
  readonly notBefore: number;
  readonly failure: TimerFailure | null;
}

export const createTimerBook = (options: TimerBookOptions): TimerBook => {
  const lines = new Map<string, Line>();
  // A timer that was set anew has another instant and is another timer.
  const key = ({ id, dueAt }: DueTimer): string => `${dueAt} ${id}`;
  const forgetFailureAfterMs = 2 * options.maxRetryDelayMs;

  return {
    fired: (timer, now) => {
      lines.set(key(timer), { notBefore: now.getTime() + options.settleMs, failure: null });
    },
    failed: (timer, error, now) => {
      const attempts = (lines.get(key(timer))?.failure?.attempts ?? 0) + 1;
      const delay = Math.min(options.retryDelayMs * 2 ** Math.min(attempts - 1, 30), options.maxRetryDelayMs);
      const failure = { timer, attempts, error };
      lines.set(key(timer), { notBefore: now.getTime() + delay, failure });
      return failure;
    },
    mayFire: (timer, now) => (lines.get(key(timer))?.notBefore ?? 0) <= now.getTime(),
    forget: (now) => {
      for (const [id, line] of lines) {
        const keptMs = line.failure === null ? 0 : forgetFailureAfterMs;
        if (line.notBefore + keptMs <= now.getTime()) lines.delete(id);
      }
    },
    nextTryMs: (timers, now) => {
      const earliest = Math.min(...timers.map((timer) => lines.get(key(timer))?.notBefore ?? 0));
      return Math.max(earliest - now.getTime(), 5);
    },
    failing: () => [...lines.values()].flatMap(({ failure }) => (failure === null ? [] : [failure])),
    size: () => lines.size,
  };
};
