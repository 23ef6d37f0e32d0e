import { ROOT_CONTEXT, trace, TraceFlags, type Context, type SpanContext } from '@opentelemetry/api';

const form = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const zeros = /^0+$/;

/** W3C Trace Context; null where it is not of its form, or names nothing. Source: https://www.w3.org/TR/trace-context/ */
export const parseTraceparent = (traceparent: string): SpanContext | null => {
  const [, traceId, spanId, flags, more] = form.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  if (zeros.test(traceId) || zeros.test(spanId)) return null;
  // Version 00 ends after the flags; later ones may go on.
  if (more !== undefined && traceparent.startsWith('00')) return null;
  const sampled = (Number.parseInt(flags, 16) & 1) === 1;
  return { traceId, spanId, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
};

/** Whether what is done in this trace is recorded; the flag is the last digit's lowest bit. */
export const isSampled = (traceparent: string | undefined): boolean =>
  traceparent !== undefined && (Number.parseInt(traceparent.at(54) ?? '', 16) & 1) === 1;

/** Where work goes on that began somewhere else; outside of any trace where nothing usable is given. */
export const contextFrom = (traceparent: string | undefined): Context => {
  const remote = traceparent === undefined ? null : parseTraceparent(traceparent);
  return remote === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote);
};

const hex8 = (): string =>
  Math.floor(Math.random() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0');

/** A trace that nobody records, so that log lines and events of one doing can still be told from others. */
export const newSpanContext = (): SpanContext => ({
  traceId: hex8() + hex8() + hex8() + hex8(),
  // Never all zeros, which would name nothing.
  spanId: `1${hex8().slice(1)}${hex8()}`,
  traceFlags: TraceFlags.NONE,
});
