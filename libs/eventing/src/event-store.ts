import type { Category, Position, PublicEvent, RecordedEvent, StreamName } from '@city311/kernel';

/** An event before the store has placed it: the envelope without what only the store knows. */
export type NewEvent = Omit<PublicEvent, 'stream' | 'sequence' | 'recordedTime'>;

/** An event of another store, on its way into this one. */
export type ImportedEvent = NewEvent & { readonly recordedTime: string };

/** Revision that the writer saw last, `no-stream` for a first append, `any` where the writer does not care. */
export type ExpectedRevision = number | 'no-stream' | 'any';

export interface Appended {
  /** Revision of the last event written. */
  readonly revision: number;
  readonly position: Position;
}

export interface EventBatch {
  /** In log order; may be empty when the reader only moved past events of other categories. */
  readonly events: readonly RecordedEvent[];
  /** Where to go on from; safe to store as a checkpoint once `events` have had their effect. */
  readonly position: Position;
}

export interface FollowOptions {
  /** Null starts at the beginning. */
  readonly after: Position | null;
  readonly batchSize: number;
  readonly signal: AbortSignal;
}

/**
 * The port to the log. Appends are atomic per stream, durable (fsync) before they resolve; appends that are in
 * flight together may share one fsync. Positions follow commit order.
 */
export interface EventStore {
  /**
   * @throws VersionConflictError the stream is not at `expected`
   * @throws EventTooLargeError   an event is over the store's limit; nothing was written
   * @throws TransientError       the store cannot write now (disk full, lease lost, connection away)
   */
  append(stream: StreamName, events: readonly NewEvent[], expected: ExpectedRevision): Promise<Appended>;
  /**
   * As `append`, but each event keeps the instant at which another store recorded it: for moving a log, never for
   * what happens now. A store that cannot keep it has no such method.
   */
  appendRecorded?(
    stream: StreamName,
    events: readonly ImportedEvent[],
    expected: ExpectedRevision,
  ): Promise<Appended>;
  /** Oldest first; empty where there is no such stream. */
  readStream(stream: StreamName, from?: number): Promise<readonly RecordedEvent[]>;
  /** Many streams in one go; a stream that does not exist has no entry. */
  readStreams(streams: readonly StreamName[]): Promise<ReadonlyMap<StreamName, readonly RecordedEvent[]>>;
  /** Next events of these categories after a position, at most `max`. */
  readCategories(categories: readonly Category[], after: Position | null, max: number): Promise<EventBatch>;
  /** Batches for ever, woken by commits of this or another process; ends when `signal` aborts. An empty batch says that
   * the log was read up to its position and held nothing of these categories; at most one for each wake-up. */
  follow(categories: readonly Category[], options: FollowOptions): AsyncIterable<EventBatch>;
  /** Position of the newest event, null when the log is empty. */
  head(): Promise<Position | null>;
  close(): Promise<void>;
}
