import { setTimeout as pause } from 'node:timers/promises';

import type { Random } from '../generated/random.js';

/** How much busier than usual it is at a point (0 to 1) of a storm: a wave of 5 times, and a crest of 10. */
export const stormAt = (progress: number): number => {
  if (progress < 0.2) return 1 + 20 * progress;
  if (progress < 0.5 || progress >= 0.6) return progress < 0.85 ? 5 : 5 - ((progress - 0.85) / 0.15) * 4;
  return 10;
};

export interface LoadPlan {
  /** Arrivals a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly storm: boolean;
}

/**
 * Times at which reports arrive, milliseconds from the start: at random, as people do not take turns. They do not
 * wait for answers, so a slow server cannot slow them down and look better than it is.
 */
export function* arrivals({ rate, seconds, storm }: LoadPlan, random: Random): Generator<number> {
  let at = 0;
  for (;;) {
    const now = rate * (storm ? stormAt(at / (seconds * 1000)) : 1);
    at += (-Math.log(1 - random()) / now) * 1000;
    if (at >= seconds * 1000) return;
    yield at;
  }
}

/** What became of one arrival; `answerMs` counts from when it was due, not from when it could be sent. */
export interface Sent extends Answered {
  readonly answerMs: number;
}

/** `status` 0: no answer. `reason` says what was wrong, in the server's words. */
export interface Answered {
  readonly status: number;
  readonly reason: string;
}

/** Sends at each arrival, whatever is still under way. `send` never throws. */
export const drive = async (
  times: Iterable<number>,
  send: () => Promise<Answered>,
  onAnswer: (sent: Sent) => void,
): Promise<void> => {
  const startedAt = performance.now();
  const running = new Set<Promise<void>>();
  for (const dueAt of times) {
    const early = dueAt - (performance.now() - startedAt);
    if (early > 1) await pause(early);
    const sent: Promise<void> = send().then((answered) => {
      onAnswer({ ...answered, answerMs: performance.now() - startedAt - dueAt });
      running.delete(sent);
    });
    running.add(sent);
  }
  await Promise.all(running);
};

/** The value below which `share` (0 to 1) of the sorted values lie; NaN for none. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
