import { newEventId } from './event-id.js';
import type { NewEvent } from './event-store.js';
import type { CommandContext } from './handle.js';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** The event in its envelope. Built in one piece: it runs for every event that is written. */
export const stamp = (
  { type, data }: { readonly type: string; readonly data: unknown },
  context: CommandContext,
): NewEvent => {
  const event: Writable<NewEvent> = {
    id: newEventId(),
    type,
    source: context.source,
    subject: context.subject,
    time: context.time,
    actor: context.actor,
    jurisdiction: context.jurisdiction,
    imported: context.imported,
    correlationId: context.correlationId,
    data,
  };
  if (context.channel !== undefined) event.channel = context.channel;
  if (context.causationId !== undefined) event.causationId = context.causationId;
  if (context.traceparent !== undefined) event.traceparent = context.traceparent;
  return event;
};
