import type { LoggerService } from '@nestjs/common';

import type { Logger } from '@city311/platform';

/** Nest's own words in our log. */
export const nestLogger = (logger: Logger): LoggerService => ({
  log: (message) => {
    logger.debug({ message }, 'nest');
  },
  error: (message, ...rest) => {
    logger.error({ message, rest }, 'nest');
  },
  warn: (message) => {
    logger.warn({ message }, 'nest');
  },
});
