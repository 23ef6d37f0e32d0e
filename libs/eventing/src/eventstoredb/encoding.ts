import type { RecordedEvent } from '@city311/kernel';

import { EventTooLargeError } from '../errors.js';
import type { ExpectedRevision, ImportedEvent, NewEvent } from '../event-store.js';
import { toPosition } from './position.js';
import { shared, streams, type Recorded, type Streams } from './protocol.js';

/** Envelope as stored beside the data, in EventStoreDB's words where it has some. What is absent is left out. */
interface StoredEnvelope {
  source?: string;
  /** Absent where it equals the stream's id. */
  subject?: string;
  time?: string;
  actor?: string;
  channel?: string;
  jurisdiction?: string;
  imported?: true;
  $correlationId?: string;
  $causationId?: string;
  traceparent?: string;
  /** Of an event that another store recorded; this server's own instant is beside it. */
  recordedTime?: string;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

const encoder = new TextEncoder();
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1);

const envelopeOf = (stream: string, event: NewEvent): StoredEnvelope => {
  const envelope: StoredEnvelope = {
    source: event.source,
    time: event.time,
    actor: event.actor,
    jurisdiction: event.jurisdiction,
    $correlationId: event.correlationId,
  };
  if (event.subject !== idOf(stream)) envelope.subject = event.subject;
  if (event.imported) envelope.imported = true;
  if (event.channel !== undefined) envelope.channel = event.channel;
  if (event.causationId !== undefined) envelope.$causationId = event.causationId;
  if (event.traceparent !== undefined) envelope.traceparent = event.traceparent;
  return envelope;
};

/** An event, and where another store recorded it, the instant of that. */
interface ToWrite {
  readonly event: NewEvent;
  readonly recordedTime?: string;
}

export const toWrite = (events: readonly NewEvent[]): readonly ToWrite[] =>
  events.map((event) => ({ event }));

export const toImport = (events: readonly ImportedEvent[]): readonly ToWrite[] =>
  events.map((event) => ({ event, recordedTime: event.recordedTime }));

const proposed = (
  stream: string,
  { event, recordedTime }: ToWrite,
): Streams.BatchAppendReq.ProposedMessage => {
  if (!uuid.test(event.id))
    throw new RangeError(`an event's id must be a UUID in small letters: ${event.id}`);
  const envelope = envelopeOf(stream, event);
  if (recordedTime !== undefined) envelope.recordedTime = recordedTime;
  const message = new streams.BatchAppendReq.ProposedMessage()
    .setId(new shared.UUID().setString(event.id))
    .setData(encoder.encode(JSON.stringify(event.data ?? null)))
    .setCustomMetadata(encoder.encode(JSON.stringify(envelope)));
  message.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
  return message;
};

/** As the server counts it. */
const sizeOf = (event: NewEvent, message: Streams.BatchAppendReq.ProposedMessage): number =>
  message.getData().length + message.getCustomMetadata().length + event.type.length * 2;

export interface SizeLimits {
  readonly eventBytes: number;
  /** All events of one append together. */
  readonly appendBytes: number;
}

/**
 * One append as it goes over the wire; `correlationId` finds its answer.
 * @throws EventTooLargeError  an event, or all together, are over the limit
 * @throws RangeError          an id is no UUID
 */
export const encodeAppend = (
  { stream, stored }: { readonly stream: string; readonly stored: string },
  events: readonly ToWrite[],
  expected: ExpectedRevision,
  correlationId: string,
  limits: SizeLimits,
): Uint8Array => {
  let appendBytes = 0;
  const messages = events.map((one) => {
    const message = proposed(stream, one);
    const size = sizeOf(one.event, message);
    if (size > limits.eventBytes) throw new EventTooLargeError(stream, size, limits.eventBytes);
    appendBytes += size;
    return message;
  });
  if (appendBytes > limits.appendBytes) {
    throw new EventTooLargeError(stream, appendBytes, limits.appendBytes);
  }
  const options = new streams.BatchAppendReq.Options().setStreamIdentifier(
    new shared.StreamIdentifier().setStreamName(encoder.encode(stored)),
  );
  if (expected === 'any') options.setAny(new shared.Empty());
  else if (expected === 'no-stream') options.setNoStream(new shared.Empty());
  else options.setStreamPosition(String(expected));
  return new streams.BatchAppendReq()
    .setCorrelationId(new shared.UUID().setString(correlationId))
    .setOptions(options)
    .setProposedMessagesList(messages)
    .setIsFinal(true)
    .serializeBinary();
};

const text = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

/** What another writer left here may be anything: then `undefined`, and the codec of the reader says no to it. */
const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(text(bytes)) as unknown;
  } catch {
    return undefined;
  }
};

const isEnvelope = (value: unknown): value is StoredEnvelope => typeof value === 'object' && value !== null;

/** The server tells time in units of 100 ns since 1970. */
const instantOf = (created: string): string => new Date(Number(created.slice(0, -4))).toISOString();

/** Place of an event of which the server does not say one. */
const nowhere = '18446744073709551615';

/** @throws Error  the server does not tell positions in reads of a stream: it is older than 22.10 */
export const decodeEvent = (recorded: Recorded, streamPrefix: string): RecordedEvent => {
  const stored = text(recorded.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array());
  const stream = stored.slice(streamPrefix.length);
  const metadata = recorded.getMetadataMap();
  const read = parsed(recorded.getCustomMetadata_asU8());
  const envelope = isEnvelope(read) ? read : {};
  const commit = recorded.getCommitPosition();
  if (commit === nowhere) throw new Error('EventStoreDB must be 22.10 or newer: it tells no positions');
  const recordedTime = envelope.recordedTime ?? instantOf(metadata.get('created') ?? '00000');
  const id = recorded.getId()?.getString() ?? '';
  const event: Writable<RecordedEvent> = {
    id,
    type: metadata.get('type') ?? '',
    source: envelope.source ?? 'unknown',
    subject: envelope.subject ?? idOf(stream),
    time: envelope.time ?? recordedTime,
    stream,
    sequence: Number(recorded.getStreamRevision()),
    recordedTime,
    actor: envelope.actor ?? 'unknown',
    jurisdiction: envelope.jurisdiction ?? '',
    imported: envelope.imported === true,
    correlationId: envelope.$correlationId ?? id,
    data: parsed(recorded.getData_asU8()),
    position: toPosition({ commit, prepare: recorded.getPreparePosition() }),
  };
  if (envelope.channel !== undefined) event.channel = envelope.channel;
  if (envelope.$causationId !== undefined) event.causationId = envelope.$causationId;
  if (envelope.traceparent !== undefined) event.traceparent = envelope.traceparent;
  return event;
};
