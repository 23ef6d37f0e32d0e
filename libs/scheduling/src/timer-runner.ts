import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';

import { systemClock, type Clock } from './clock.js';
import { processHolder } from './holder.js';
import type { Lease, Leases } from './leases.js';
import { createTimerBook, type TimerBook } from './timer-book.js';
import type { DueTimer, TimerFailure, TimerSource } from './timers.js';

export interface TimerRunnerOptions {
  /** Names the lease `timers:<name>`: one runner of a name is at work at any time. */
  readonly name: string;
  readonly source: TimerSource;
  readonly leases: Leases;
  readonly holder?: string;
  readonly clock?: Clock;
  /** Timers fired at the same time. Default 100. */
  readonly batchSize?: number;
  /** Looks again after this time even when nothing is due. Default 30,000. */
  readonly maxSleepMs?: number;
  /** Default 15,000; renewed at a third. */
  readonly leaseTtlMs?: number;
  /** First wait after a failure; doubles up to `maxRetryDelayMs`. Defaults 1,000 and 300,000. */
  readonly retryDelayMs?: number;
  readonly maxRetryDelayMs?: number;
  /** Time given to the projection to see that a timer was fired, before it is fired again. Default 5,000. */
  readonly settleMs?: number;
  /** Every failed firing, and with `timer: null` a failure of the projection or the lease. */
  readonly onFailure: (failure: TimerFailure | { readonly timer: null; readonly error: unknown }) => void;
}

export interface TimerRunner {
  start(): void;
  /** Finishes the batch in hand and gives the lease back. */
  stop(): Promise<void>;
  /** Looks at once: the projection has changed, or the clock was moved. */
  wake(): void;
  /** Timers that failed and wait for their next try. */
  failing(): readonly TimerFailure[];
}

/**
 * Fires what is due: durable because the projection is, never lost because a failed timer stays due and is tried
 * again for ever, and never in the way of others.
 */
export const createTimerRunner = (options: TimerRunnerOptions): TimerRunner => {
  const { source, leases, onFailure } = options;
  const {
    clock = systemClock,
    holder = processHolder(),
    batchSize = 100,
    maxSleepMs = 30_000,
    leaseTtlMs = 15_000,
  } = options;
  const stopping = new AbortController();
  let wakeUp = new AbortController();
  let woken = false;
  let running: Promise<void> | null = null;
  const book: TimerBook = createTimerBook({
    retryDelayMs: options.retryDelayMs ?? 1_000,
    maxRetryDelayMs: options.maxRetryDelayMs ?? 300_000,
    settleMs: options.settleMs ?? 5_000,
  });

  const rest = async (ms: number): Promise<void> => {
    if (!woken && !stopping.signal.aborted) {
      wakeUp = new AbortController();
      await sleep(ms, undefined, { signal: wakeUp.signal, ref: false }).catch(() => undefined);
    }
    woken = false;
  };

  const fire = async (timer: DueTimer): Promise<void> => {
    try {
      await source.fire(timer);
      book.fired(timer, clock.now());
    } catch (error) {
      onFailure(book.failed(timer, error, clock.now()));
    }
  };

  /** Fires one batch; answers how long there is nothing to do, 0 for go on. */
  const round = async (): Promise<number> => {
    const now = clock.now();
    book.forget(now);
    const due = await source.dueTimers(now.toISOString(), batchSize + book.size());
    const ready = due.filter((timer) => book.mayFire(timer, now)).slice(0, batchSize);
    if (ready.length > 0) {
      await Promise.all(ready.map(fire));
      return 0;
    }
    if (due.length > 0) return Math.min(book.nextTryMs(due, now), maxSleepMs);
    const next = await source.nextDue();
    return next === null ? maxSleepMs : Math.min(Math.max(Date.parse(next) - now.getTime(), 5), maxSleepMs);
  };

  /** Works until stopped or until the lease is lost. */
  const lead = async (lease: Lease): Promise<void> => {
    let renewedAt = performance.now();
    while (!stopping.signal.aborted) {
      if (performance.now() - renewedAt > leaseTtlMs / 3) {
        if (!(await leases.renew(lease, leaseTtlMs))) return;
        renewedAt = performance.now();
      }
      const idleMs = await round();
      await (idleMs > 0 ? rest(Math.min(idleMs, leaseTtlMs / 3)) : breathe());
    }
  };

  const live = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const lease = await leases.acquire(`timers:${options.name}`, holder, leaseTtlMs);
        if (lease === null) {
          await rest(leaseTtlMs / 3);
        } else {
          await lead(lease).finally(() => leases.release(lease));
        }
      } catch (error) {
        onFailure({ timer: null, error });
        await rest(1_000);
      }
    }
  };

  const wake = (): void => {
    woken = true;
    wakeUp.abort();
  };

  return {
    start: () => {
      running ??= live();
    },
    stop: async () => {
      stopping.abort();
      wake();
      await running;
    },
    wake,
    failing: () => book.failing(),
  };
};
