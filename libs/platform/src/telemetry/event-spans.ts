import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  type Attributes,
  type Link,
  type Span,
} from '@opentelemetry/api';

import { formatTraceparent } from '@city311/eventing';
import type { PublicEvent } from '@city311/kernel';

import { beginSpan, endSpan, withinSpan } from './spans.js';
import { contextFrom, isSampled } from './traceparent.js';

/** What handles events: a consumer group's handler or a view. */
export interface EventWork {
  /** `process city311.intake.case.v1`, `project service_requests`. */
  readonly name: string;
  readonly attributes: Attributes;
}

const maxLinks = 128;

const attributesOf = ({ attributes }: EventWork, { type, id, stream, subject }: PublicEvent): Attributes => ({
  ...attributes,
  'city311.event.type': type,
  'city311.event.id': id,
  'city311.stream': stream,
  'city311.subject': subject,
});

/** The event as if it had been brought by the span: what it leads to hangs below that. */
const broughtBy = (event: PublicEvent, span: Span): PublicEvent => ({
  ...event,
  traceparent: formatTraceparent(span.spanContext()),
});

/** Handles one event in the trace that it came with, or in a new one. */
export const traceEvent = <Result>(
  work: EventWork,
  event: PublicEvent,
  handle: (event: PublicEvent) => Promise<Result>,
): Promise<Result> => {
  const sampled = isSampled(event.traceparent);
  const options = sampled
    ? { kind: SpanKind.CONSUMER, attributes: attributesOf(work, event) }
    : { kind: SpanKind.CONSUMER };
  const span = beginSpan(work.name, options, contextFrom(event.traceparent));
  return withinSpan(span, () => handle(sampled ? broughtBy(event, span) : event));
};

/**
 * Handles a batch. Every event of a recorded trace gets a span in that trace; the first one's stands for the batch
 * and links to the others. Within a batch of several events there is no one trace that log lines could name.
 */
export const traceEvents = async (
  work: EventWork,
  events: readonly PublicEvent[],
  handle: (events: readonly PublicEvent[]) => Promise<void>,
): Promise<void> => {
  const [only] = events;
  if (events.length === 1 && only !== undefined) return traceEvent(work, only, (event) => handle([event]));
  const recorded = events.filter(({ traceparent }) => isSampled(traceparent));
  const [first] = recorded;
  if (first === undefined) return handle(events);

  const links = recorded.slice(1, maxLinks + 1).flatMap(linkTo);
  const batch = beginOne(work, first, { 'messaging.batch.message_count': events.length }, links);
  const spans = new Map([[first, batch]]);
  for (const event of recorded.slice(1))
    spans.set(event, beginOne(work, event, {}, [{ context: batch.spanContext() }]));
  let failure: unknown;
  try {
    await handle(
      events.map((event) => {
        const span = spans.get(event);
        return span === undefined ? event : broughtBy(event, span);
      }),
    );
  } catch (error) {
    failure = error ?? 'nothing';
    throw error;
  } finally {
    for (const span of spans.values()) endSpan(span, failure);
  }
};

const linkTo = ({ traceparent }: PublicEvent): Link[] => {
  const linked = trace.getSpanContext(contextFrom(traceparent));
  return linked === undefined ? [] : [{ context: linked }];
};

const beginOne = (work: EventWork, event: PublicEvent, more: Attributes, links: Link[]): Span =>
  beginSpan(
    work.name,
    { kind: SpanKind.CONSUMER, attributes: { ...attributesOf(work, event), ...more }, links },
    contextFrom(event.traceparent),
  );

/** Log lines of `work` name no trace: it goes on for others than those that began it. */
export const outsideOfTraces = <Result>(work: () => Result): Result => context.with(ROOT_CONTEXT, work);
