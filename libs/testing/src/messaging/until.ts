import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until it holds; fails with what it last saw. */
export const until = async (
  holds: () => boolean | Promise<boolean>,
  seen: () => unknown = () => '',
  withinMs = 5_000,
): Promise<void> => {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end)
      throw new Error(`did not happen in ${withinMs} ms: ${JSON.stringify(seen())}`);
    await sleep(5);
  }
};
