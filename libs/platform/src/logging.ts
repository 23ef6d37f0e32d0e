import { trace } from '@opentelemetry/api';
import { pino, type DestinationStream, type Logger } from 'pino';

import { isError, withhold } from './withhold.js';

export type { Logger };

/** Trace and span of what is being done now. */
const traceOfLine = (): object => {
  const active = trace.getActiveSpan()?.spanContext();
  return active === undefined ? {} : { trace_id: active.traceId, span_id: active.spanId };
};

/**
 * JSON lines on standard error; standard output belongs to what a command answers. Whatever is logged is copied
 * without personal detail, keys and ciphertext, at any depth. Within a trace a line names it.
 * @param isToldElsewhere  given what a line is about, and its text: such a line is left out
 */
export const createLogger = (
  level: string,
  destination: DestinationStream = pino.destination({ dest: 2, sync: false }),
  isToldElsewhere: (first: unknown, text: unknown) => boolean = () => false,
): Logger =>
  pino(
    {
      level,
      base: null,
      mixin: traceOfLine,
      // Errors have been copied by then.
      serializers: { err: (copy: unknown) => copy },
      hooks: {
        logMethod(args, method) {
          if (isToldElsewhere(args[0], args[1])) return;
          const [first, ...rest] = args.map((arg: unknown) => withhold(isError(arg) ? { err: arg } : arg));
          method.call(this, first as object, ...(rest as [string?]));
        },
      },
    },
    destination,
  );
