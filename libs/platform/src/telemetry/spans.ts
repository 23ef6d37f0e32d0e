import {
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanOptions,
} from '@opentelemetry/api';

import { newSpanContext } from './traceparent.js';

const tracer = trace.getTracer('city311');

/**
 * A span below `parent`. Where nothing is exported it records nothing and goes on in the parent's trace, or in a new
 * one. Attributes never hold a personal detail, nor an error's message, which may.
 */
export const beginSpan = (name: string, options: SpanOptions, parent: Context): Span => {
  const span = tracer.startSpan(name, options, parent);
  return isSpanContextValid(span.spanContext()) ? span : trace.wrapSpanContext(newSpanContext());
};

/** Ends the span; of an error it tells the kind only. */
export const endSpan = (span: Span, error?: unknown): void => {
  if (error !== undefined) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
  }
  span.end();
};

/** Runs `work` within the span and ends it. */
export const withinSpan = async <Result>(span: Span, work: () => Promise<Result>): Promise<Result> => {
  try {
    const result = await context.with(trace.setSpan(ROOT_CONTEXT, span), work);
    endSpan(span);
    return result;
  } catch (error) {
    endSpan(span, error ?? 'nothing');
    throw error;
  }
};
