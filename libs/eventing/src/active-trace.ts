import { trace, type SpanContext } from '@opentelemetry/api';

import type { CommandContext } from './handle.js';

/** As events and requests carry it. Source: https://www.w3.org/TR/trace-context/ */
export const formatTraceparent = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${(traceFlags & 1) === 1 ? '01' : '00'}`;

/** W3C `traceparent` of what is being done now; undefined outside of any trace. */
export const activeTraceparent = (): string | undefined => {
  const active = trace.getActiveSpan()?.spanContext();
  return active === undefined ? undefined : formatTraceparent(active);
};

/** The context with the trace of whoever asks now, unless it names one: the events it leads to carry it on. */
export const inActiveTrace = (given: CommandContext): CommandContext => {
  if (given.traceparent !== undefined) return given;
  const traceparent = activeTraceparent();
  return traceparent === undefined ? given : { ...given, traceparent };
};
