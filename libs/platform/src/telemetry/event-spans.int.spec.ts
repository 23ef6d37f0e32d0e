import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace';

import { activeTraceparent } from '@city311/eventing';
import type { PublicEvent } from '@city311/kernel';

import { createLogger } from '../logging.js';
import { outsideOfTraces, traceEvents } from './event-spans.js';
import { tracedTimers } from './traced-timers.js';

const idOf = (digit: number, length: number): string => String(digit).repeat(length);
const traceparentOf = (digit: number, flags = '01'): string =>
  `00-${idOf(digit, 32)}-${idOf(digit, 16)}-${flags}`;

const event = (digit: number, traceparent?: string): PublicEvent => ({
  id: `id-${digit}`,
  type: 'intake.CaseOpened.v1',
  source: '/intake',
  subject: '260000000014',
  time: '2026-11-22T14:05:06.000Z',
  stream: 'intake.case-260000000014',
  sequence: digit,
  recordedTime: '2026-11-22T14:05:06.000Z',
  actor: 'key:x',
  jurisdiction: 'boston',
  imported: false,
  correlationId: 'c',
  data: { text: 'Ada lives here' },
  ...(traceparent === undefined ? {} : { traceparent }),
});

const work = { name: 'process topic', attributes: { 'messaging.consumer.group.name': 'group' } };

// First, for a tracer keeps to the exporter that it has met.
describe('Work on events, where nothing is recorded', () => {
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterAll(() => {
    context.disable();
  });

  const logged = (): Record<string, unknown> => {
    const lines: string[] = [];
    createLogger('info', { write: (line) => lines.push(line) }).info('done');
    return JSON.parse(lines.join('')) as Record<string, unknown>;
  };

  it('passes the event on as it is, and log lines name its trace', async () => {
    const given = event(1, traceparentOf(1, '00'));
    let line: Record<string, unknown> = {};
    await traceEvents(work, [given], async ([same]) => {
      expect(same).toBe(given);
      line = logged();
    });
    expect(line).toMatchObject({ trace_id: idOf(1, 32), span_id: idOf(1, 16) });
  });

  it('gives what came without a trace one of its own', async () => {
    let line: Record<string, unknown> = {};
    await traceEvents(work, [event(1)], async () => {
      line = logged();
    });
    expect(line['trace_id']).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is in no trace where it goes on for others, or where there are several', async () => {
    await traceEvents(work, [event(1, traceparentOf(1))], async () => {
      expect(outsideOfTraces(activeTraceparent)).toBeUndefined();
    });
    await traceEvents(work, [event(1, traceparentOf(1, '00')), event(2)], async () => {
      expect(activeTraceparent()).toBeUndefined();
    });
    expect(logged()).not.toHaveProperty('trace_id');
  });
});

describe('Work on events, recorded', () => {
  const exporter = new InMemorySpanExporter();
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(
      new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
    );
  });
  beforeEach(() => {
    exporter.reset();
  });
  afterAll(() => {
    trace.disable();
    context.disable();
  });

  const spans = (): readonly ReadableSpan[] => exporter.getFinishedSpans();
  const linksOf = (span: ReadableSpan | undefined): readonly string[] =>
    (span?.links ?? []).map((link) => link.context.spanId);

  it('of one event is a span below the event, and what it leads to hangs below that span', async () => {
    let [active, carried]: (string | undefined)[] = [];
    await traceEvents(work, [event(1, traceparentOf(1))], async ([given]) => {
      active = activeTraceparent();
      carried = given?.traceparent;
    });
    const [span] = spans();
    expect(span?.spanContext().traceId).toBe(idOf(1, 32));
    expect(span?.parentSpanContext?.spanId).toBe(idOf(1, 16));
    expect(carried).toBe(`00-${idOf(1, 32)}-${span?.spanContext().spanId}-01`);
    expect(active).toBe(carried);
  });

  it('of a batch has a span in the trace of every event; the first links to the others and they to it', async () => {
    const events = [
      event(1, traceparentOf(1)),
      event(2, traceparentOf(2, '00')),
      event(3, traceparentOf(3)),
      event(4),
    ];
    let given: readonly PublicEvent[] = [];
    let active: string | undefined = 'some';
    await traceEvents(work, events, async (them) => {
      given = them;
      active = activeTraceparent();
    });
    const [first, third] = spans();
    expect(spans().map((span) => span.spanContext().traceId)).toEqual([idOf(1, 32), idOf(3, 32)]);
    expect(linksOf(first)).toEqual([idOf(3, 16)]);
    expect(linksOf(third)).toEqual([first?.spanContext().spanId]);
    expect(first?.attributes['messaging.batch.message_count']).toBe(4);
    // Each event goes on in its own trace, and nothing else is said to belong to one of them.
    expect(given.map(({ traceparent }) => traceparent?.slice(3, 35))).toEqual([
      idOf(1, 32),
      idOf(2, 32),
      idOf(3, 32),
      undefined,
    ]);
    expect(given[1]).toBe(events[1]);
    expect(active).toBeUndefined();
  });

  it('that fails says of what kind the failure was, never its words, and throws it on', async () => {
    const failing = (events: readonly PublicEvent[]): Promise<void> =>
      traceEvents(work, events, () => Promise.reject(new RangeError('550 ada@example.org')));
    await expect(failing([event(1, traceparentOf(1))])).rejects.toThrow('550');
    await expect(failing([event(1, traceparentOf(1)), event(2, traceparentOf(2))])).rejects.toThrow('550');
    expect(spans()).toHaveLength(3);
    for (const span of spans()) {
      expect(span.attributes['error.type']).toBe('RangeError');
      expect(JSON.stringify([span.attributes, span.events, span.status])).not.toMatch(/ada|Ada/);
    }
  });

  it('of a timer begins a trace of its own', async () => {
    const source = {
      dueTimers: async () => [],
      nextDue: async () => null,
      fire: async () => undefined,
    };
    const timer = { id: '260000000014-1', dueAt: '2026-11-22T14:05:06.000Z' };
    await traceEvents(work, [event(1, traceparentOf(1))], () => tracedTimers('due', source).fire(timer));
    const [fired] = spans();
    expect(fired?.name).toBe('timer due');
    expect(fired?.parentSpanContext).toBeUndefined();
    expect(fired?.spanContext().traceId).not.toBe(idOf(1, 32));
  });
});
