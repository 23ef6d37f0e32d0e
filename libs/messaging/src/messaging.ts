import type { Position, PublicEvent, RecordedEvent } from '@city311/kernel';

/** One topic as the log adapter serves it: the category behind it and the owner's mapping to public events. */
export interface TopicSource {
  readonly topic: string;
  readonly category: string;
  /** Null where the stored event is private to its service. @throws UnknownEventTypeError */
  readonly translate: (stored: RecordedEvent) => PublicEvent | null;
  /** Every event of a stream comes to the topic: a gap in its sequence is worth a warning. */
  readonly gapless?: boolean;
}

export type Outcome = 'handled' | 'duplicate' | { readonly park: string };

/**
 * Handles the events of one case in order. Throws TransientError to be retried (bounded, with backoff, then
 * parked), PoisonMessageError to be parked at once; anything else thrown counts as a defect and is retried, then parked.
 */
export type CaseHandler = (event: PublicEvent) => Promise<Outcome>;

/**
 * Handles a batch as one: all or nothing (throws). Events of one case stand in order. When a batch keeps failing
 * the consumer falls back to single events, so that only the guilty case is parked.
 */
export type BatchHandler = (events: readonly PublicEvent[]) => Promise<void>;

export interface ConsumerOptions {
  readonly topic: string;
  /** `<system>.<service>.<purpose>`; one durable checkpoint and one active member for each partition of the work. */
  readonly group: string;
  /** Wire types wanted; others move the checkpoint only. */
  readonly types: readonly string[];
  readonly batchSize: number;
  readonly maxAttempts: number;
  readonly retryDelayMs: number;
}

export interface ParkedMessage {
  readonly group: string;
  readonly topic: string;
  readonly caseNumber: string;
  readonly eventId: string;
  readonly type: string;
  readonly stream: string;
  readonly sequence: number;
  /** Why the first message of the case was parked; `queued-behind` for those after it. */
  readonly reason: string;
  readonly attempts: number;
  readonly parkedAt: string;
}

export interface ParkedMessages {
  list(filter?: {
    readonly group?: string;
    readonly caseNumber?: string;
    readonly limit?: number;
  }): Promise<readonly ParkedMessage[]>;
  show(
    group: string,
    eventId: string,
  ): Promise<{ readonly message: ParkedMessage; readonly event: PublicEvent } | null>;
  /** Asks the group to try the case again, in order, from its first parked message; returns how many messages stand in line. */
  resend(group: string, caseNumber?: string): Promise<number>;
  count(): Promise<ReadonlyMap<string, number>>;
}

/** Next events of topics. */
export interface TopicBatch {
  /** In log order. */
  readonly events: readonly PublicEvent[];
  readonly position: Position;
  /** Those of `events` that could not be translated, each with its error; they stand there as stored. */
  readonly unreadable?: ReadonlyMap<PublicEvent, unknown>;
}

/** Reads topics without a consumer group: for views, which keep their checkpoint in their own transaction. */
export interface TopicReader {
  /** Batches of the topics' events in log order, for ever; an empty batch only moves the position. */
  follow(
    topics: readonly string[],
    options: { readonly after: Position | null; readonly batchSize: number; readonly signal: AbortSignal },
  ): AsyncIterable<TopicBatch>;
  /**
   * The same event as today's translation gives it; null where it is private by now.
   * @throws UnknownEventTypeError  it still cannot be translated
   */
  reread?(event: PublicEvent): Promise<PublicEvent | null>;
  /** Position of the newest event of these topics or a later one, of all where none are named; null when there is none. */
  head(topics?: readonly string[]): Promise<Position | null>;
  /** Events of a topic after a position; where they cannot be counted, at most `lagCountLimit`. */
  countAfter(topic: string, position: Position | null): Promise<number>;
  /**
   * How often consumers of this process took over work that another member may have had: what it remembers from
   * before may be out of date then.
   */
  takeovers(): number;
}
