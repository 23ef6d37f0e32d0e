import type { Command, Decider, DomainEvent, RecordedEvent, Refusal, StreamName } from '@city311/kernel';

import { BoundedCache } from './bounded-cache.js';
import { EventTooLargeError, VersionConflictError } from './errors.js';
import { newEventId } from './event-id.js';
import type { EventStore, NewEvent } from './event-store.js';
import type { CommandContext, CommandHandler, EventCodec, Handled } from './handle.js';

export interface CommandItem<Cmd> {
  readonly stream: StreamName;
  readonly command: Cmd;
  readonly context: CommandContext;
}

export interface BatchCommandHandler<
  State,
  Cmd extends Command,
  Event extends DomainEvent,
  No extends Refusal,
> extends CommandHandler<State, Cmd, Event, No> {
  /**
   * As `handle` for each item, with one read for all streams that are not known yet and appends side by side.
   * Results stand in the order of the items; commands on one stream are decided in that order. Never rejects:
   * what `handle` would throw is a result of its own.
   */
  handleMany(
    items: readonly CommandItem<Cmd>[],
  ): Promise<
    readonly (Handled<State, Event, No> | { readonly outcome: 'failed'; readonly error: unknown })[]
  >;
}

export interface CommandHandlerOptions {
  /** How often a command is decided before a version conflict is given back. */
  readonly maxTries?: number;
  /** States kept, so that a command on a recent stream needs no read; 0 keeps none. */
  readonly cachedStreams?: number;
}

interface Loaded<State> {
  readonly state: State;
  readonly revision: number | 'no-stream';
}

interface Waiting<State, Cmd, Event, No extends Refusal> {
  readonly command: Cmd;
  readonly context: CommandContext;
  readonly resolve: (handled: Handled<State, Event, No>) => void;
  readonly reject: (error: unknown) => void;
}

const stamp = (event: { type: string; data: unknown }, context: CommandContext): NewEvent => ({
  id: newEventId(),
  type: event.type,
  source: context.source,
  subject: context.subject,
  time: context.time,
  actor: context.actor,
  ...(context.channel === undefined ? {} : { channel: context.channel }),
  jurisdiction: context.jurisdiction,
  imported: context.imported,
  correlationId: context.correlationId,
  ...(context.causationId === undefined ? {} : { causationId: context.causationId }),
  ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
  data: event.data,
});

const revisionNumber = (revision: number | 'no-stream'): number => (revision === 'no-stream' ? -1 : revision);

/**
 * Load, decide, append. Commands on one stream in this process wait for each other; those that waited together are
 * decided one after another and appended as one. A kept state is never trusted alone: an append checks the
 * revision, and a decision that appends nothing first looks for newer events.
 * A quiet command on a stream that does not exist answers revision -1.
 */
export const createCommandHandler = <
  State,
  Cmd extends Command,
  Event extends DomainEvent,
  No extends Refusal,
>(
  store: EventStore,
  decider: Decider<State, Cmd, Event, No>,
  codec: EventCodec<Event>,
  { maxTries = 5, cachedStreams = 10_000 }: CommandHandlerOptions = {},
): BatchCommandHandler<State, Cmd, Event, No> => {
  type Item = Waiting<State, Cmd, Event, No>;
  const cache = new BoundedCache<StreamName, Loaded<State>>(cachedStreams);
  const waiting = new Map<StreamName, Item[]>();

  const replay = (from: Loaded<State>, events: readonly RecordedEvent[]): Loaded<State> => {
    let { state, revision } = from;
    for (const event of events) {
      state = decider.evolve(state, codec.fromWire(event.type, event.data));
      revision = event.sequence;
    }
    return { state, revision };
  };

  const initial: Loaded<State> = { state: decider.initialState, revision: 'no-stream' };
  const load = async (stream: StreamName): Promise<Loaded<State>> => {
    const loaded = replay(initial, await store.readStream(stream));
    if (loaded.revision !== 'no-stream') cache.set(stream, loaded);
    return loaded;
  };

  /** Decides all items one after another; `settle` tells each what became of it once the events are safe. */
  const decideAll = (items: readonly Item[], from: Loaded<State>) => {
    let { state } = from;
    let revision = revisionNumber(from.revision);
    const events: NewEvent[] = [];
    const answers: (() => void)[] = [];
    for (const { command, context, resolve, reject } of items) {
      try {
        const decision = decider.decide(command, state);
        if (decision.outcome === 'refused') {
          const refused = { outcome: 'refused', refusal: decision.refusal, state } as const;
          answers.push(() => {
            resolve(refused);
          });
          continue;
        }
        let after = state;
        const stamped = decision.events.map((event) => {
          after = decider.evolve(after, event);
          return stamp(codec.toWire(event), context);
        });
        state = after;
        revision += stamped.length;
        events.push(...stamped);
        const accepted = { outcome: 'accepted', events: decision.events, state, revision } as const;
        answers.push(() => {
          resolve(accepted);
        });
      } catch (error) {
        answers.push(() => {
          reject(error);
        });
      }
    }
    const settle = (): void => {
      answers.forEach((answer) => {
        answer();
      });
    };
    return { events, settle, after: { state, revision } };
  };

  const catchUp = async (stream: StreamName, kept: Loaded<State>): Promise<Loaded<State>> =>
    replay(kept, await store.readStream(stream, revisionNumber(kept.revision) + 1));

  const handleTogether = async (
    stream: StreamName,
    items: readonly Item[],
    justRead: Loaded<State> | undefined,
  ): Promise<void> => {
    let fresh = justRead;
    for (let tried = 1; ; tried += 1) {
      const kept = fresh === undefined ? cache.get(stream) : undefined;
      fresh ??= kept === undefined ? await load(stream) : undefined;
      let from = fresh ?? kept ?? initial;
      let decided = decideAll(items, from);
      if (decided.events.length === 0 && fresh === undefined) {
        const now = await catchUp(stream, from);
        if (now.revision !== from.revision) decided = decideAll(items, now);
        from = now;
      }
      if (decided.events.length === 0) {
        if (from.revision !== 'no-stream') cache.set(stream, from);
        decided.settle();
        return;
      }
      try {
        await store.append(stream, decided.events, from.revision);
        cache.set(stream, decided.after);
        decided.settle();
        return;
      } catch (error) {
        cache.delete(stream);
        fresh = undefined;
        if (error instanceof EventTooLargeError && items.length > 1) {
          for (const item of items) await handleTogether(stream, [item], undefined).catch(item.reject);
          return;
        }
        if (!(error instanceof VersionConflictError) || tried >= maxTries) throw error;
      }
    }
  };

  const work = async (
    stream: StreamName,
    first: readonly Item[],
    justRead?: Loaded<State>,
  ): Promise<void> => {
    const queue: Item[] = [];
    waiting.set(stream, queue);
    let items = first;
    let known = justRead;
    while (items.length > 0) {
      try {
        await handleTogether(stream, items, known);
      } catch (error) {
        for (const item of items) item.reject(error);
      }
      known = undefined;
      items = queue.splice(0);
    }
    waiting.delete(stream);
  };

  const enqueue = (stream: StreamName, items: readonly Item[], justRead?: Loaded<State>): void => {
    const queue = waiting.get(stream);
    if (queue === undefined) void work(stream, items, justRead);
    else queue.push(...items);
  };

  const readMissing = async (
    streams: Iterable<StreamName>,
  ): Promise<Map<StreamName, Loaded<State> | Error>> => {
    const missing = [...streams].filter((stream) => !waiting.has(stream) && cache.get(stream) === undefined);
    const found = new Map<StreamName, Loaded<State> | Error>();
    if (missing.length === 0) return found;
    const read = await store.readStreams(missing);
    for (const stream of missing) {
      try {
        found.set(stream, replay(initial, read.get(stream) ?? []));
      } catch (error) {
        found.set(stream, error instanceof Error ? error : new Error(String(error)));
      }
    }
    return found;
  };

  return {
    load,
    handle: (stream, command, context) =>
      new Promise((resolve, reject) => {
        enqueue(stream, [{ command, context, resolve, reject }]);
      }),

    async handleMany(items) {
      const groups = new Map<StreamName, Item[]>();
      const results = items.map(
        ({ stream, command, context }) =>
          new Promise<Handled<State, Event, No>>((resolve, reject) => {
            const item = { command, context, resolve, reject };
            const group = groups.get(stream);
            if (group === undefined) groups.set(stream, [item]);
            else group.push(item);
          }),
      );
      const settled = Promise.allSettled(results);
      try {
        const read = await readMissing(groups.keys());
        for (const [stream, group] of groups) {
          const loaded = read.get(stream);
          if (loaded instanceof Error)
            group.forEach((item) => {
              item.reject(loaded);
            });
          else enqueue(stream, group, loaded);
        }
      } catch (error) {
        for (const group of groups.values())
          group.forEach((item) => {
            item.reject(error);
          });
      }
      return (await settled).map((result) =>
        result.status === 'fulfilled' ? result.value : { outcome: 'failed', error: result.reason as unknown },
      );
    },
  };
};
