const firstMs = 30_000;
const longestMs = 3_600_000;

/** Wait before the next try after `attempts` failures: doubles from 30 s to an hour. */
export const retryDelayMs = (attempts: number): number =>
  Math.min(firstMs * 2 ** Math.min(attempts, 10), longestMs);
