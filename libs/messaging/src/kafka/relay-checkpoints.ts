import type { Position } from '@city311/kernel';

/** A stored event that a relay keeps back: it cannot be translated, or stands behind one of its case that cannot. */
export interface HeldEvent {
  /** The case, by whose number the topic is keyed. */
  readonly subject: string;
  readonly stream: string;
  readonly sequence: number;
  readonly position: Position;
  readonly type: string;
  /** Why the first of a case is held; `queued-behind` for those after it. */
  readonly reason: string;
  /** ISO 8601 UTC. */
  readonly heldAt: string;
}

/**
 * Where relays stand, and what they keep back; a relay is named by its topic. Writes carry the fencing token of the
 * writer's lease: once a greater token has written under a name, a smaller one changes nothing and is answered false.
 */
export interface RelayCheckpoints {
  /** Null before the first save. */
  load(name: string): Promise<Position | null>;
  save(name: string, position: Position, fencingToken: number): Promise<boolean>;
  /** Durable when it resolves. An event that is held already, by stream and sequence, keeps its reason. */
  hold(name: string, events: readonly HeldEvent[], fencingToken: number): Promise<boolean>;
  /** Lets events go; those that are not held are passed over. */
  release(
    name: string,
    events: readonly Pick<HeldEvent, 'stream' | 'sequence'>[],
    fencingToken: number,
  ): Promise<boolean>;
  /** In the order of their positions. */
  held(name: string, filter?: { readonly limit?: number }): Promise<readonly HeldEvent[]>;
  /** Held events by relay; one that holds none has no entry. */
  heldCounts(): Promise<ReadonlyMap<string, number>>;
  /** Has what is held tried again, by the relay that is active, within seconds, or by the next one. */
  askAgain(name: string): Promise<void>;
  /** How often that was asked so far. */
  timesAsked(name: string): Promise<number>;
}
