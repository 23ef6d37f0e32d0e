import type { Position, RecordedEvent } from '@city311/kernel';

import { EventTooLargeError } from '../errors.js';
import type { NewEvent } from '../event-store.js';

/** Envelope as stored: a tuple, 0 for what is absent. `subject` is 0 where it equals the stream's id. */
type StoredEnvelope = readonly [
  id: string,
  type: string,
  source: string,
  subject: string | 0,
  time: string,
  recordedTime: string,
  actor: string,
  channel: string | 0,
  jurisdiction: string,
  imported: 0 | 1,
  correlationId: string,
  causationId: string | 0,
  traceparent: string | 0,
];

/** Columns of a stored event: position, sequence, stream, envelope, data. */
export type EventRow = readonly [
  position: number,
  sequence: number,
  stream: string,
  meta: string,
  data: string,
];

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const digits = 16;

/** Zero-padded, so that positions of one log compare as text. */
export const toPosition = (position: number): Position => String(position).padStart(digits, '0') as Position;

/** 0 stands before the first event. @throws RangeError  not a position of this kind of log */
export const fromPosition = (position: Position | null): number => {
  if (position === null) return 0;
  const value = Number(position);
  if (position.length !== digits || !Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`not a position of this log: ${position}`);
  }
  return value;
};

/** One instant for all events of an append, or one for each. */
export type RecordedTimes = string | readonly string[];

const timeOf = (times: RecordedTimes, index: number): string =>
  typeof times === 'string' ? times : (times[index] ?? '');

export const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-'));

/**
 * Envelope and data of each event as text, by turns.
 * @throws EventTooLargeError  one of them is over `limitBytes`
 */
export const encodeEvents = (
  stream: string,
  events: readonly NewEvent[],
  recordedTime: RecordedTimes,
  limitBytes: number,
): string[] => {
  const streamId = stream.slice(stream.indexOf('-') + 1);
  const texts: string[] = [];
  for (const [index, event] of events.entries()) {
    const envelope: StoredEnvelope = [
      event.id,
      event.type,
      event.source,
      event.subject === streamId ? 0 : event.subject,
      event.time,
      timeOf(recordedTime, index),
      event.actor,
      event.channel ?? 0,
      event.jurisdiction,
      event.imported ? 1 : 0,
      event.correlationId,
      event.causationId ?? 0,
      event.traceparent ?? 0,
    ];
    const meta = JSON.stringify(envelope);
    const data = JSON.stringify(event.data ?? null);
    // a character takes at most three bytes: most events need no count
    if ((meta.length + data.length) * 3 > limitBytes) {
      const sizeBytes = Buffer.byteLength(meta) + Buffer.byteLength(data);
      if (sizeBytes > limitBytes) throw new EventTooLargeError(stream, sizeBytes, limitBytes);
    }
    texts.push(meta, data);
  }
  return texts;
};

export const decodeEvent = ([position, sequence, stream, metaText, dataText]: EventRow): RecordedEvent => {
  const meta = JSON.parse(metaText) as StoredEnvelope;
  const event: Writable<RecordedEvent> = {
    id: meta[0],
    type: meta[1],
    source: meta[2],
    subject: meta[3] === 0 ? stream.slice(stream.indexOf('-') + 1) : meta[3],
    time: meta[4],
    stream,
    sequence,
    recordedTime: meta[5],
    actor: meta[6],
    jurisdiction: meta[8],
    imported: meta[9] === 1,
    correlationId: meta[10],
    data: JSON.parse(dataText) as unknown,
    position: toPosition(position),
  };
  if (meta[7] !== 0) event.channel = meta[7];
  if (meta[11] !== 0) event.causationId = meta[11];
  if (meta[12] !== 0) event.traceparent = meta[12];
  return event;
};

/** The events of one append as the store would give them back, without the way through text. */
export const placeEvents = (
  stream: string,
  events: readonly NewEvent[],
  recordedTime: RecordedTimes,
  last: { readonly revision: number; readonly position: number },
): RecordedEvent[] =>
  events.map((event, index) => {
    const before = events.length - 1 - index;
    const placed: Writable<RecordedEvent> = {
      id: event.id,
      type: event.type,
      source: event.source,
      subject: event.subject,
      time: event.time,
      stream,
      sequence: last.revision - before,
      recordedTime: timeOf(recordedTime, index),
      actor: event.actor,
      jurisdiction: event.jurisdiction,
      imported: event.imported,
      correlationId: event.correlationId,
      data: event.data,
      position: toPosition(last.position - before),
    };
    if (event.channel !== undefined) placed.channel = event.channel;
    if (event.causationId !== undefined) placed.causationId = event.causationId;
    if (event.traceparent !== undefined) placed.traceparent = event.traceparent;
    return placed;
  });
