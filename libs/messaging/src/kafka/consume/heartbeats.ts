import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for work within `eachBatch`, telling the group meanwhile that this member lives.
 * @throws Error  what the heartbeat met: the group rebalances, or has gone on without this member
 */
export const withHeartbeats = async (
  work: Promise<unknown>,
  heartbeat: () => Promise<void>,
  everyMs: number,
): Promise<void> => {
  const ended = new AbortController();
  const done = work.then(
    () => true,
    () => true,
  );
  try {
    for (;;) {
      const tick = sleep(everyMs, false, { signal: ended.signal, ref: false }).catch(() => false);
      if (await Promise.race([done, tick])) break;
      await heartbeat();
    }
  } finally {
    ended.abort();
  }
  await work;
};
