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
  /** Events that are in the target for certain, written now or found there. */
  readonly moved: number;
  readonly position: Position | null;
}

const casesSideBySide = 256;
const eventsAtOnce = 200;
const tries = 8;

/** Events of one stream that follow each other. */
interface Run {
  readonly stream: StreamName;
  readonly events: RecordedEvent[];
}

/** By case, so that its events reach topics in their order, from whichever stream; a stream stays with one case. */
const byCase = (events: readonly RecordedEvent[]): Iterable<readonly Run[]> => {
  const caseOf = new Map<string, string>();
  const cases = new Map<string, Run[]>();
  for (const event of events) {
    const stream = event.stream as StreamName;
    const subject = caseOf.get(stream) ?? event.subject;
    caseOf.set(stream, subject);
    const runs = cases.get(subject) ?? [];
    const last = runs.at(-1);
    if (last?.stream === stream) last.events.push(event);
    else runs.push({ stream, events: [event] });
    cases.set(subject, runs);
  }
  return cases.values();
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
 * Appends what the target lacks of these.
 * @throws Error  the target's stream holds other events, or lacks earlier ones
 */
const moveSome = async (
  target: EventStore,
  stream: StreamName,
  events: readonly RecordedEvent[],
): Promise<void> => {
  const first = events[0]?.sequence ?? 0;
  try {
    await append(target, stream, events, first);
    return;
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
  if (missing.length > 0) await append(target, stream, missing, first + there.length);
};

/** In halves where together they are too large for one append. @throws EventTooLargeError  a single event is */
const moveFitting = async (
  target: EventStore,
  stream: StreamName,
  events: readonly RecordedEvent[],
): Promise<void> => {
  try {
    await moveSome(target, stream, events);
  } catch (error) {
    if (!(error instanceof EventTooLargeError) || events.length === 1) throw error;
    const half = Math.ceil(events.length / 2);
    await moveFitting(target, stream, events.slice(0, half));
    await moveFitting(target, stream, events.slice(half));
  }
};

const moveCase = async (target: EventStore, runs: readonly Run[]): Promise<void> => {
  for (const { stream, events } of runs)
    for (let from = 0; from < events.length; from += eventsAtOnce)
      await patiently(() => moveFitting(target, stream, events.slice(from, from + eventsAtOnce)));
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
  await Promise.all(Array.from({ length: casesSideBySide }, lane));
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
  let moved = 0;
  let position = after;
  for await (const batch of scanLog(source, categories, after)) {
    await sideBySide(byCase(batch.events), (runs) => moveCase(target, runs));
    moved += batch.events.length;
    position = batch.position;
    await onProgress({ moved, position });
  }
  return { moved, position };
};
