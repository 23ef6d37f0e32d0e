import { pino, type DestinationStream, type Logger } from 'pino';

import { isError, withhold } from './withhold.js';

export type { Logger };

/**
 * JSON lines on standard error; standard output belongs to what a command answers. Whatever is logged is copied
 * without personal detail, keys and ciphertext, at any depth.
 */
export const createLogger = (
  level: string,
  destination: DestinationStream = pino.destination({ dest: 2, sync: false }),
): Logger =>
  pino(
    {
      level,
      base: null,
      // Errors have been copied by then.
      serializers: { err: (copy: unknown) => copy },
      hooks: {
        logMethod(args, method) {
          const [first, ...rest] = args.map((arg: unknown) => withhold(isError(arg) ? { err: arg } : arg));
          method.call(this, first as object, ...(rest as [string?]));
        },
      },
    },
    destination,
  );
