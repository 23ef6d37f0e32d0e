import type { Command, Decider, DomainEvent, RecordedEvent, Refusal, StreamName } from '@city311/kernel';

import { inActiveTrace } from './active-trace.js';
import { BoundedCache } from './bounded-cache.js';
import { EventTooLargeError, VersionConflictError } from './errors.js';
import type { EventStore, NewEvent } from './event-store.js';
import type { CommandContext, CommandHandler, EventCodec, Handled } from './handle.js';
import { stamp } from './stamp.js';

export interface CommandOptions {
  /**
   * The stream is nearly always new: decide on the initial state without reading. Where it exists after all, or the
   * decision appends nothing, it is read and decided again as usual.
   */
  readonly assumeNew?: boolean;
}

export interface CommandItem<Cmd> extends CommandOptions {
  readonly stream: StreamName;
  readonly command: Cmd;
  readonly context: CommandContext;
}

export type BatchResult<State, Event, No extends Refusal> =
  Handled<State, Event, No> | { readonly outcome: 'failed'; readonly error: unknown };

export interface BatchCommandHandler<
  State,
  Cmd extends Command,
  Event extends DomainEvent,
  No extends Refusal,
> extends CommandHandler<State, Cmd, Event, No> {
  handle(
    stream: StreamName,
    command: Cmd,
    context: CommandContext,
    options?: CommandOptions,
  ): Promise<Handled<State, Event, No>>;
  /**
   * As `handle` for each item, with one read for all streams that are not known yet and appends side by side.
   * Results stand in the order of the items; commands on one stream are decided in that order. Never rejects:
   * what `handle` would throw is a result of its own.
   */
  handleMany(items: readonly CommandItem<Cmd>[]): Promise<readonly BatchResult<State, Event, No>[]>;
  /**
   * States of many streams, with one read for those that are not kept; the next command on them needs no other. A kept
   * one may be out of date. A stream that does not exist or cannot be folded is left out.
   */
  recall(streams: readonly StreamName[]): Promise<ReadonlyMap<StreamName, State>>;
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
  /** Called once. */
  readonly done: (result: BatchResult<State, Event, No>) => void;
}

const revisionNumber = (revision: number | 'no-stream'): number => (revision === 'no-stream' ? -1 : revision);

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

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
  type Result = BatchResult<State, Event, No>;
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
  /** As `initial`, but nobody has looked. */
  const assumed: Loaded<State> = { ...initial };

  const catchUp = async (stream: StreamName, kept: Loaded<State>): Promise<Loaded<State>> =>
    replay(kept, await store.readStream(stream, revisionNumber(kept.revision) + 1));

  /** As the log has it now; of a kept state only what came since is read. */
  const load = async (stream: StreamName): Promise<Loaded<State>> => {
    const kept = cache.get(stream);
    const loaded = await catchUp(stream, kept ?? initial);
    if (loaded.revision !== 'no-stream' && loaded.revision !== kept?.revision) cache.set(stream, loaded);
    return loaded;
  };

  /** Decides all items one after another; the results count once the events are safe. */
  const decideAll = (items: readonly Item[], from: Loaded<State>) => {
    let { state } = from;
    let revision = revisionNumber(from.revision);
    const events: NewEvent[] = [];
    const results: Result[] = [];
    for (const { command, context } of items) {
      try {
        const decision = decider.decide(command, state);
        if (decision.outcome === 'refused') {
          results.push({ outcome: 'refused', refusal: decision.refusal, state });
          continue;
        }
        let after = state;
        const stamped: NewEvent[] = [];
        for (const event of decision.events) {
          after = decider.evolve(after, event);
          stamped.push(stamp(codec.toWire(event), context));
        }
        state = after;
        revision += stamped.length;
        for (const event of stamped) events.push(event);
        results.push({ outcome: 'accepted', events: decision.events, state, revision });
      } catch (error) {
        results.push({ outcome: 'failed', error });
      }
    }
    return { events, results, after: { state, revision } };
  };

  const settle = (items: readonly Item[], results: readonly Result[]): void => {
    items.forEach(({ done }, index) => {
      const result = results[index];
      if (result !== undefined) done(result);
    });
  };

  const fail = (items: readonly Item[], error: unknown): void => {
    for (const { done } of items) done({ outcome: 'failed', error });
  };

  const handleTogether = async (
    stream: StreamName,
    items: readonly Item[],
    known: Loaded<State> | undefined,
  ): Promise<void> => {
    let fresh = known;
    for (let tried = fresh === assumed ? 0 : 1; ; tried += 1) {
      const kept = fresh === undefined ? cache.get(stream) : undefined;
      fresh ??= kept === undefined ? await load(stream) : undefined;
      let from = fresh ?? kept ?? initial;
      let decided = decideAll(items, from);
      if (decided.events.length === 0 && (fresh === undefined || fresh === assumed)) {
        const now = await catchUp(stream, from);
        if (now.revision !== from.revision) decided = decideAll(items, now);
        from = now;
      }
      if (decided.events.length === 0) {
        if (from.revision !== 'no-stream') cache.set(stream, from);
        settle(items, decided.results);
        return;
      }
      try {
        await store.append(stream, decided.events, from.revision);
        cache.set(stream, decided.after);
        settle(items, decided.results);
        return;
      } catch (error) {
        cache.delete(stream);
        fresh = undefined;
        if (error instanceof EventTooLargeError && items.length > 1) {
          for (const item of items)
            await handleTogether(stream, [item], undefined).catch((failure: unknown) => {
              fail([item], failure);
            });
          return;
        }
        if (!(error instanceof VersionConflictError) || tried >= maxTries) throw error;
      }
    }
  };

  const work = async (stream: StreamName, first: readonly Item[], known?: Loaded<State>): Promise<void> => {
    const queue: Item[] = [];
    waiting.set(stream, queue);
    let items = first;
    let from = known;
    while (items.length > 0) {
      try {
        await handleTogether(stream, items, from);
      } catch (error) {
        fail(items, error);
      }
      from = undefined;
      items = queue.splice(0);
    }
    waiting.delete(stream);
  };

  const enqueue = (stream: StreamName, items: readonly Item[], known?: Loaded<State>): void => {
    const queue = waiting.get(stream);
    if (queue === undefined) void work(stream, items, known);
    else queue.push(...items);
  };

  const assumption = (stream: StreamName, assumeNew: boolean | undefined): Loaded<State> | undefined =>
    assumeNew === true && cache.get(stream) === undefined ? assumed : undefined;

  const readAll = async (streams: readonly StreamName[]): Promise<Map<StreamName, Loaded<State> | Error>> => {
    const found = new Map<StreamName, Loaded<State> | Error>();
    if (streams.length === 0) return found;
    const read = await store.readStreams(streams);
    for (const stream of streams) {
      try {
        found.set(stream, replay(initial, read.get(stream) ?? []));
      } catch (error) {
        found.set(stream, error instanceof Error ? error : new Error(String(error)));
      }
    }
    return found;
  };

  const enqueueAll = async (
    groups: ReadonlyMap<StreamName, { readonly items: Item[]; readonly assumeNew: boolean | undefined }>,
  ): Promise<void> => {
    const missing: StreamName[] = [];
    for (const [stream, { assumeNew }] of groups)
      if (assumeNew !== true && !waiting.has(stream) && cache.get(stream) === undefined) missing.push(stream);
    const read = await readAll(missing);
    for (const [stream, { items, assumeNew }] of groups) {
      const loaded = read.get(stream);
      if (loaded instanceof Error) fail(items, loaded);
      else enqueue(stream, items, loaded ?? assumption(stream, assumeNew));
    }
  };

  return {
    load,
    handle: (stream, command, context, options) =>
      new Promise((resolve, reject) => {
        const done = (result: Result): void => {
          if (result.outcome === 'failed') reject(asError(result.error));
          else resolve(result);
        };
        const item = { command, context: inActiveTrace(context), done };
        enqueue(stream, [item], assumption(stream, options?.assumeNew));
      }),

    handleMany: (items) =>
      new Promise((resolve) => {
        const results = new Array<Result>(items.length);
        let left = items.length;
        if (left === 0) resolve(results);
        const groups = new Map<StreamName, { items: Item[]; assumeNew: boolean | undefined }>();
        items.forEach(({ stream, command, context, assumeNew }, index) => {
          const done = (result: Result): void => {
            results[index] = result;
            left -= 1;
            if (left === 0) resolve(results);
          };
          const item = { command, context: inActiveTrace(context), done };
          const group = groups.get(stream);
          if (group === undefined) groups.set(stream, { items: [item], assumeNew });
          else group.items.push(item);
        });
        enqueueAll(groups).catch((error: unknown) => {
          for (const group of groups.values()) fail(group.items, error);
        });
      }),

    recall: async (streams) => {
      const states = new Map<StreamName, State>();
      const missing: StreamName[] = [];
      for (const stream of streams) {
        const kept = cache.get(stream);
        if (kept === undefined) missing.push(stream);
        else states.set(stream, kept.state);
      }
      for (const [stream, loaded] of await readAll(missing)) {
        if (loaded instanceof Error || loaded.revision === 'no-stream') continue;
        // A command may have gone further meanwhile.
        const kept = cache.get(stream) ?? loaded;
        if (kept === loaded) cache.set(stream, loaded);
        states.set(stream, kept.state);
      }
      return states;
    },
  };
};
