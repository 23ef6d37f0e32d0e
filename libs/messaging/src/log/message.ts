import { PoisonMessageError, type Position, type PublicEvent, type RecordedEvent } from '@city311/kernel';

import type { TopicSource } from '../messaging.js';
import type { MessageToPark, ParkedRow } from './consumer-state.js';
import type { Entry } from './entry.js';
import type { Slice } from '../in-order/watermark.js';

/** An event on its way through a consumer. */
export interface Message {
  readonly entry: Entry;
  readonly slice: Slice<Position>;
}

/** @throws PoisonMessageError  it could not be read */
export const readableEvent = ({ event, unreadable }: Entry): PublicEvent => {
  if (event !== null) return event;
  throw new PoisonMessageError('unreadable', { cause: unreadable?.error });
};

/** The case, by whose number a topic is keyed. */
export const caseOf = ({ stored, event }: Entry): string => (event ?? stored).subject;

export const toPark = ({ stored, event }: Entry, reason: string, attempts: number): MessageToPark => {
  const { id, type, stream, sequence, subject } = event ?? stored;
  return {
    caseNumber: subject,
    position: stored.position,
    eventId: id,
    type,
    stream,
    sequence,
    reason,
    attempts,
    readable: event !== null,
    event: JSON.stringify(event ?? stored),
  };
};

/** The event of a parked message; one that was unreadable is tried again with today's translation. @throws UnknownEventTypeError */
export const eventOf = (row: ParkedRow, source: TopicSource): PublicEvent | null =>
  row.readable
    ? (JSON.parse(row.event) as PublicEvent)
    : source.translate(JSON.parse(row.event) as RecordedEvent);
