import { setTimeout as pause } from 'node:timers/promises';

import { TransientError } from '@city311/kernel';
import type { Logger } from '@city311/platform';

const firstPauseMs = 500;
const longestPauseMs = 10_000;

/** Opens an engine that may be away: waits for it, and says so. @throws what is wrong for good */
export const waitFor = async <Engine>(
  what: string,
  logger: Logger,
  open: () => Promise<Engine>,
): Promise<Engine> => {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      logger.warn({ engine: what, reason: error.message }, `${what} does not answer; waiting for it`);
      await pause(pauseMs);
    }
  }
};
