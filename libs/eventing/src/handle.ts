import type { Command, Decider, DomainEvent, Refusal, StreamName } from '@city311/kernel';

import type { EventStore } from './event-store.js';

/** Who acts, when and why; becomes the envelope of the events that the command leads to. */
export interface CommandContext {
  readonly source: string;
  readonly subject: string;
  /** When it happened, ISO 8601 UTC. */
  readonly time: string;
  readonly actor: string;
  readonly channel?: string;
  readonly jurisdiction: string;
  readonly imported: boolean;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly traceparent?: string;
}

export type Handled<State, Event, No extends Refusal> =
  | {
      readonly outcome: 'accepted';
      readonly events: readonly Event[];
      readonly state: State;
      readonly revision: number;
    }
  | { readonly outcome: 'refused'; readonly refusal: No; readonly state: State };

/** Domain events of one context against their wire form `<context>.<Event>.v<n>`. */
export interface EventCodec<Event extends DomainEvent> {
  /** Every wire type that it can read, old versions among them. */
  readonly reads: readonly string[];
  toWire(event: Event): { readonly type: string; readonly data: unknown };
  /** Upcasts older versions. @throws UnknownEventTypeError */
  fromWire(type: string, data: unknown): Event;
}

/** Load, decide, append; on a version conflict reload and decide again, a few times. */
export interface CommandHandler<State, Cmd extends Command, Event extends DomainEvent, No extends Refusal> {
  /** @throws VersionConflictError  still in conflict after the last try */
  handle(stream: StreamName, command: Cmd, context: CommandContext): Promise<Handled<State, Event, No>>;
  load(stream: StreamName): Promise<{ readonly state: State; readonly revision: number | 'no-stream' }>;
}

export type CreateCommandHandler = <
  State,
  Cmd extends Command,
  Event extends DomainEvent,
  No extends Refusal,
>(
  store: EventStore,
  decider: Decider<State, Cmd, Event, No>,
  codec: EventCodec<Event>,
) => CommandHandler<State, Cmd, Event, No>;
