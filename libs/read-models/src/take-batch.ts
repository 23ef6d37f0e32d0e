import type { PublicEvent } from '@city311/kernel';

import { ProjectionFaultError, reasonOf } from './faults.js';
import { TransientError } from '@city311/kernel';
import type { ParkedEvent, Prepare, Projection } from './read-models.js';

export type Park = Omit<ParkedEvent, 'parkedAt'>;

export interface BatchRules<Doc extends object> {
  readonly projection: Projection<Doc>;
  readonly prepare?: Prepare | undefined;
  /** Keys of the documents with parked events: what comes for them queues behind. */
  readonly parkedKeys: ReadonlySet<string>;
  /** All or nothing. @throws ProjectionFaultError  names the event that it could not take */
  readonly take: (events: readonly PublicEvent[], park: readonly Park[]) => Promise<void>;
}

interface Entry {
  readonly key: string;
  readonly original: PublicEvent;
  event: PublicEvent;
  reason: string | null;
}

const allReadable: ReadonlyMap<PublicEvent, unknown> = new Map();

/**
 * Takes a batch; an event that cannot be taken is parked with all that follows for its document, others go on.
 * @param unreadable  events that nobody could read, with their errors: parked, whatever their type
 */
export const takeBatch = async <Doc extends object>(
  rules: BatchRules<Doc>,
  events: readonly PublicEvent[],
  unreadable = allReadable,
): Promise<void> => {
  const { projection, prepare, parkedKeys, take } = rules;
  if (parkedKeys.size === 0 && prepare === undefined && unreadable.size === 0) {
    try {
      await take(events, []);
      return;
    } catch (error) {
      if (!(error instanceof ProjectionFaultError)) throw error;
    }
  }
  const types = new Set(projection.types);
  const entries = events
    .filter((event) => types.has(event.type) || unreadable.has(event))
    .map((event) => entryOf(projection, event));
  for (const entry of entries) {
    if (unreadable.has(entry.original))
      entry.reason = `unreadable: ${reasonOf(unreadable.get(entry.original))}`;
  }
  for (const entry of entries) if (parkedKeys.has(entry.key)) entry.reason = 'queued-behind';
  holdFollowers(entries);
  if (prepare !== undefined) await prepareAll(entries, prepare);
  await takeOrHold(entries, take);
};

const entryOf = <Doc extends object>(projection: Projection<Doc>, event: PublicEvent): Entry => {
  try {
    return { key: projection.keyOf(event), original: event, event, reason: null };
  } catch (cause) {
    return { key: event.stream, original: event, event, reason: reasonOf(cause) };
  }
};

/** Ends because every round holds at least one event more. */
const takeOrHold = async <Doc extends object>(
  entries: readonly Entry[],
  take: BatchRules<Doc>['take'],
): Promise<void> => {
  for (;;) {
    const park = entries.flatMap(({ key, original, reason }) =>
      reason === null ? [] : [{ key, reason, event: original }],
    );
    const free = entries.filter((entry) => entry.reason === null);
    try {
      await take(
        free.map((entry) => entry.event),
        park,
      );
      return;
    } catch (error) {
      const guilty =
        error instanceof ProjectionFaultError && free.find((entry) => entry.event === error.event);
      if (!(error instanceof ProjectionFaultError) || !guilty) throw error;
      guilty.reason = reasonOf(error.cause);
      holdFollowers(entries);
    }
  }
};

const holdFollowers = (entries: readonly Entry[]): void => {
  const held = new Set<string>();
  for (const entry of entries) {
    if (entry.reason !== null) held.add(entry.key);
    else if (held.has(entry.key)) entry.reason = 'queued-behind';
  }
};

const prepareAll = async (entries: readonly Entry[], prepare: Prepare): Promise<void> => {
  const free = entries.filter((entry) => entry.reason === null);
  try {
    await prepareSome(free, prepare);
  } catch (error) {
    if (error instanceof TransientError) throw error;
    for (const entry of free) await prepareOne(entry, prepare);
    holdFollowers(entries);
  }
};

const prepareOne = async (entry: Entry, prepare: Prepare): Promise<void> => {
  try {
    await prepareSome([entry], prepare);
  } catch (error) {
    if (error instanceof TransientError) throw error;
    entry.reason = reasonOf(error);
  }
};

const prepareSome = async (entries: readonly Entry[], prepare: Prepare): Promise<void> => {
  if (entries.length === 0) return;
  const ready = await prepare(entries.map((entry) => entry.original));
  if (ready.length !== entries.length) {
    throw new RangeError(`prepare gave ${ready.length} events for ${entries.length}`);
  }
  ready.forEach((event, i) => {
    const entry = entries[i];
    if (entry !== undefined) entry.event = event;
  });
};
