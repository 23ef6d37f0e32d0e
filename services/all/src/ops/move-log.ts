import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  EventTooLargeError,
  VersionConflictError,
  type EventStore,
  type ImportedEvent,
} from '@city311/eventing';
import { TransientError, type Position, type RecordedEvent, type StreamName } from '@city311/kernel';

import { scanLog } from './scan.js';

export interface MoveLog {
  readonly source: EventStore;
  readonly target: EventStore;
  readonly categories: readonly string[];
}

export interface MovedLog {
  /** Written now; those that were there already do not count. */
  readonly written: number;
  readonly seen: number;
  readonly position: Position | null;
}

const streamsSideBySide = 32;
const eventsAtOnce = 200;
const tries = 8;

const byStream = (events: readonly RecordedEvent[]): ReadonlyMap<string, RecordedEvent[]> => {
  const streams = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const own = streams.get(event.stream);
    if (own === undefined) streams.set(event.stream, [event]);
    else own.push(event);
  }
  return streams;
};

/** Without what the store says of where it lies. */
const imported = ({
  position: _position,
  stream: _stream,
  sequence: _sequence,
  ...event
}: RecordedEvent): ImportedEvent => event;

const patiently = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  for (let left = tries; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TransientError) || left === 1) throw error;
      await sleep(250 * 2 ** (tries - left));
    }
  }
};

const append = (target: EventStore, stream: StreamName, events: readonly RecordedEvent[], first: number) => {
  const expected = first === 0 ? 'no-stream' : first - 1;
  const list = events.map(imported);
  return target.appendRecorded === undefined
    ? target.append(stream, list, expected)
    : target.appendRecorded(stream, list, expected);
};

/**
 * Appends what the target lacks of these; answers how many that were.
 * @throws Error  the target's stream holds other events, or lacks earlier ones
 */
const moveSome = async (
  target: EventStore,
  stream: StreamName,
  events: readonly RecordedEvent[],
): Promise<number> => {
  const first = events[0]?.sequence ?? 0;
  try {
    await append(target, stream, events, first);
    return events.length;
  } catch (error) {
    if (!(error instanceof VersionConflictError)) throw error;
  }
  const there = await target.readStream(stream, first);
  const other = there.find(({ id }, index) => events[index] !== undefined && events[index].id !== id);
  if (other !== undefined)
    throw new RangeError(
      `${stream}@${other.sequence} is another event in the target: it was written to already`,
    );
  const missing = events.slice(there.length);
  if (missing.length === 0) return 0;
  await append(target, stream, missing, first + there.length);
  return missing.length;
};

/** In halves where together they are too large for one append. @throws EventTooLargeError  a single event is */
const moveFitting = async (
  target: EventStore,
  stream: StreamName,
  events: readonly RecordedEvent[],
): Promise<number> => {
  try {
    return await moveSome(target, stream, events);
  } catch (error) {
    if (!(error instanceof EventTooLargeError) || events.length === 1) throw error;
    const half = Math.ceil(events.length / 2);
    const first = await moveFitting(target, stream, events.slice(0, half));
    return first + (await moveFitting(target, stream, events.slice(half)));
  }
};

const moveStream = async (
  target: EventStore,
  stream: StreamName,
  events: readonly RecordedEvent[],
): Promise<number> => {
  let written = 0;
  for (let from = 0; from < events.length; from += eventsAtOnce)
    written += await patiently(() => moveFitting(target, stream, events.slice(from, from + eventsAtOnce)));
  return written;
};

/** Works on the items, a number of them at a time. */
const sideBySide = async <Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  const iterator = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: streamsSideBySide }, lane));
};

/**
 * Copies events from one store to another: ids, times and the order of each stream stay, positions are the target's
 * own. May be broken off anywhere and called again, from the start or from a position told before: what is there
 * already is recognised by its id and not written twice.
 */
export const moveLog = async (
  { source, target, categories }: MoveLog,
  after: Position | null,
  onProgress: (moved: MovedLog) => Promise<void> = () => Promise.resolve(),
): Promise<MovedLog> => {
  let written = 0;
  let seen = 0;
  let position = after;
  for await (const batch of scanLog(source, categories, after)) {
    await sideBySide(byStream(batch.events), async ([stream, events]) => {
      written += await moveStream(target, stream as StreamName, events);
    });
    seen += batch.events.length;
    position = batch.position;
    await onProgress({ written, seen, position });
  }
  return { written, seen, position };
};

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
};

/** Of everything that must be the same in both stores: all but positions and the instants of recording. */
const hashOf = (events: readonly RecordedEvent[]): string => {
  const hash = createHash('sha256');
  for (const { position: _position, recordedTime: _recorded, ...event } of events)
    hash.update(JSON.stringify(sorted(event)));
  return hash.digest('base64');
};

export interface ComparedLogs {
  readonly streams: number;
  readonly events: number;
  /** Events whose instant of recording is another in the target. */
  readonly recordedAnew: number;
  /** One line for each fault; at most `mostFaults`. */
  readonly faults: readonly string[];
}

const streamsAtOnce = 250;
const mostFaults = 20;

const countEvents = async (store: EventStore, category: string): Promise<number> => {
  let count = 0;
  for await (const { events } of scanLog(store, [category])) count += events.length;
  return count;
};

/** Compares two stores stream by stream, and by their counts; memory does not grow with them. */
export const compareLogs = async ({ source, target, categories }: MoveLog): Promise<ComparedLogs> => {
  const faults: string[] = [];
  let [streams, events, recordedAnew] = [0, 0, 0];
  const compare = async (names: readonly StreamName[]): Promise<void> => {
    if (names.length === 0) return;
    const [from, to] = await Promise.all([source.readStreams(names), target.readStreams(names)]);
    for (const name of names) {
      const [own, moved] = [from.get(name) ?? [], to.get(name) ?? []];
      streams += 1;
      events += own.length;
      own.forEach(({ recordedTime }, index) => {
        if (moved[index]?.recordedTime !== recordedTime) recordedAnew += 1;
      });
      if (hashOf(own) !== hashOf(moved))
        faults.push(`${name} has ${own.length} events here and ${moved.length} there, or they differ`);
    }
  };
  for (const category of categories) {
    const before = events;
    let waiting: StreamName[] = [];
    for await (const batch of scanLog(source, [category])) {
      for (const { stream, sequence } of batch.events) if (sequence === 0) waiting.push(stream as StreamName);
      while (waiting.length >= streamsAtOnce) await compare(waiting.splice(0, streamsAtOnce));
    }
    await compare(waiting);
    waiting = [];
    const there = await countEvents(target, category);
    if (there !== events - before)
      faults.push(`${category} has ${events - before} events here and ${there} there`);
  }
  return { streams, events, recordedAnew, faults: faults.slice(0, mostFaults) };
};
