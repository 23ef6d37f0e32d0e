/**
 * What stands around every event: CloudEvents 1.0 attributes plus where the event lies and what led to it.
 * `type` is the wire type, `<context>.<Event>.v<n>`. `time` is when it happened, `recordedTime` when the store
 * took it; both ISO 8601 UTC. `subject` is the case number, or the stream where there is no case.
 */
export interface Envelope {
  /** UUIDv7. */
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly time: string;
  readonly stream: string;
  /** Revision of the stream after this event; the first event has 0. */
  readonly sequence: number;
  readonly recordedTime: string;
  /** Who did it: `key:<name>`, `policy:<name>`, `contact:<id>`; never a personal detail. */
  readonly actor: string;
  readonly channel?: string;
  readonly jurisdiction: string;
  /** Taken over from an older system: fires no timer, notice or escalation. */
  readonly imported: boolean;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly traceparent?: string;
}

/** An event as consumers of a topic get it. */
export interface PublicEvent<Type extends string = string, Data = unknown> extends Envelope {
  readonly type: Type;
  readonly data: Data;
}

/**
 * A place in a store's total order. Opaque: only the adapter that made it reads it.
 * It compares with `<` only within one store, and only with positions of the same reader where a store has many
 * partitions; `hasReached` compares any two.
 */
export type Position = string & { readonly __brand: 'Position' };

/** An event as the event store gives it back. */
export interface RecordedEvent<Type extends string = string, Data = unknown> extends PublicEvent<Type, Data> {
  readonly position: Position;
}
