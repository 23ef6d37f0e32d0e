/** False after `ms`. Ended by `clearTimeout`: an abort would make an error with its stack for every batch. */
const tick = (ms: number): { readonly passed: Promise<false>; readonly end: () => void } => {
  const { promise, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, ms, false);
  timer.unref();
  return { passed: promise, end: () => clearTimeout(timer) };
};

/**
 * Waits for work within `eachBatch`, telling the group meanwhile that this member lives.
 * @throws Error  what the heartbeat met: the group rebalances, or has gone on without this member
 */
export const withHeartbeats = async (
  work: Promise<unknown>,
  heartbeat: () => Promise<void>,
  everyMs: number,
): Promise<void> => {
  const done = work.then(
    () => true,
    () => true,
  );
  for (;;) {
    const { passed, end } = tick(everyMs);
    const isDone = await Promise.race([done, passed]);
    end();
    if (isDone) break;
    await heartbeat();
  }
  await work;
};
