import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';

import type { TimerSource } from '@city311/scheduling';

import { beginSpan, withinSpan } from './spans.js';

/** The same timers; each firing begins a trace of its own. */
export const tracedTimers = (name: string, source: TimerSource): TimerSource => ({
  dueTimers: (now, limit) => source.dueTimers(now, limit),
  nextDue: () => source.nextDue(),
  fire: (timer) =>
    withinSpan(
      beginSpan(
        `timer ${name}`,
        { kind: SpanKind.INTERNAL, attributes: { 'city311.timer': timer.id, 'city311.due_at': timer.dueAt } },
        ROOT_CONTEXT,
      ),
      () => source.fire(timer),
    ),
});
