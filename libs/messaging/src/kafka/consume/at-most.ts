import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for the end of something that may wait for a broker that is away, but not longer than that; never rejects. */
export const atMost = async (ms: number, work: Promise<unknown>): Promise<void> => {
  const ended = new AbortController();
  const late = sleep(ms, undefined, { signal: ended.signal, ref: false });
  await Promise.race([work, late]).catch(() => undefined);
  ended.abort();
  late.catch(() => undefined);
};

/** How long a client may take to say goodbye. */
export const goodbyeMs = 2_000;
