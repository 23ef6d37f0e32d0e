import type { Message } from 'kafkajs';

import type { PublicEvent, RecordedEvent } from '@city311/kernel';

import type { TopicSource } from '../../messaging.js';
import { reasonOf } from '../../retry.js';
import { encodeMessage } from '../binding.js';

/** A stored event on its way to its topic. */
export interface Outgoing {
  readonly stored: RecordedEvent;
  /** Or why it cannot be translated. */
  readonly message: Message | string;
  /** About what it takes on the wire. */
  readonly bytes: number;
}

const perMessage = 64;

const encoded = (stored: RecordedEvent, event: PublicEvent): Outgoing => {
  const { key, value, headers } = encodeMessage(event);
  let bytes = perMessage + key.length + value.length;
  for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0);
  return {
    stored,
    message: { key, value, headers, timestamp: String(Date.parse(event.recordedTime)) },
    bytes,
  };
};

/** Null where the event is private to its service. */
export const toOutgoing = (stored: RecordedEvent, source: TopicSource): Outgoing | null => {
  try {
    const event = source.translate(stored);
    return event === null ? null : encoded(stored, event);
  } catch (error) {
    return { stored, message: reasonOf(error), bytes: 0 };
  }
};

/** Parts of a batch that stay below `maxBytes`, in order; a message above it is a part by itself. */
export const inParts = (all: readonly Outgoing[], maxBytes: number): readonly (readonly Outgoing[])[] => {
  const parts: Outgoing[][] = [];
  let bytes = Infinity;
  for (const one of all) {
    if (bytes + one.bytes > maxBytes) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(one);
    bytes += one.bytes;
  }
  return parts;
};
