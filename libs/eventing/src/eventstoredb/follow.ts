import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';

import { TransientError, type Position, type RecordedEvent } from '@city311/kernel';

import type { EventBatch } from '../event-store.js';
import { backoffMs, type Connection } from './connection.js';
import { Incoming } from './incoming.js';
import { fromPosition, toPosition } from './position.js';
import { forwards, streams } from './protocol.js';
import { allFrom, beginRead, prefixFilter, searchWindow, type Reads } from './reads.js';

export interface Followed {
  readonly connection: Connection;
  readonly reads: Reads;
  readonly prefixes: readonly string[];
  readonly batchSize: number;
  /** Ends the following. */
  readonly signal: AbortSignal;
  /** Newest position, asked for all followers together. */
  readonly head: () => Promise<Position | null>;
  readonly log: (line: string) => void;
}

const idleLookMs = 500;
const tellEveryMs = 1_000;
/** A subscription that brings nothing for so long, while there is something, is given up for a new one. */
const stalledMs = 10_000;
/** A look at an idle log is a courtesy: it must not keep a follower from what arrives meanwhile. */
const lookTimeoutMs = 2_000;

/** As a question, for the answer changes while one waits. */
const hasEnded = (signal: AbortSignal): boolean => signal.aborted;

interface Cursor {
  /** Up to here everything was handed out; it moves with the server's own events too. */
  position: Position | null;
  /** The last position that the follower heard of. */
  told: Position | null;
  toldAt: number;
}

const tell = (cursor: Cursor, position: Position): void => {
  cursor.position = position;
  cursor.told = position;
  cursor.toldAt = performance.now();
};

interface Decoded {
  readonly events: readonly RecordedEvent[];
  /** The last that the messages say of how far they reach. */
  readonly reached: Position | null;
}

const decode = (messages: readonly Buffer[], reads: Reads, after: Position | null): Decoded => {
  const events: RecordedEvent[] = [];
  let reached = after;
  for (const message of messages) {
    const event = reads.decode(message);
    if (event !== null) {
      if (reached !== null && event.position <= reached) continue;
      events.push(event);
      reached = event.position;
      continue;
    }
    const checkpoint = streams.ReadResp.deserializeBinary(message).getCheckpoint();
    if (checkpoint === undefined) continue;
    const position = toPosition({
      commit: checkpoint.getCommitPosition(),
      prepare: checkpoint.getPreparePosition(),
    });
    if (reached === null || position > reached) reached = position;
  }
  return { events, reached };
};

/**
 * How far the log holds nothing for this follower. The server tells that only every so many events; so a follower
 * that heard nothing for a while looks at the head, and then whether anything of its own lies before it.
 */
const idleUpTo = async (
  { head, reads, prefixes }: Followed,
  cursor: Cursor,
): Promise<Position | 'more' | null> => {
  const newest = await head();
  if (newest === null || (cursor.told !== null && newest <= cursor.told)) return null;
  if (cursor.position !== null && newest <= cursor.position) return cursor.position;
  const [missed] = await reads.categories(prefixes, cursor.position, 1, lookTimeoutMs);
  return missed === undefined ? newest : 'more';
};

/**
 * Whether a checkpoint is worth telling: now and then on a long way past other categories. The server's own events, or
 * those of another system, wake nobody.
 */
const isNews = async ({ head }: Followed, { told, toldAt }: Cursor): Promise<boolean> => {
  if (performance.now() - toldAt < tellEveryMs) return false;
  const newest = await head();
  return newest !== null && (told === null || newest > told);
};

const subscribe = async (
  { connection, prefixes, batchSize, signal }: Followed,
  cursor: Cursor,
): Promise<Incoming> => {
  const client = await connection.client();
  const options = new streams.ReadReq.Options()
    .setReadDirection(forwards)
    .setAll(allFrom(cursor.position === null ? null : fromPosition(cursor.position)))
    .setSubscription(new streams.ReadReq.Options.SubscriptionOptions())
    .setFilter(prefixFilter(prefixes, searchWindow));
  const read = beginRead(connection, client, options, Infinity);
  read.on('error', (error) => void connection.failed(client, error));
  return new Incoming(read, Math.max(2 * batchSize, 64), signal);
};

/** Null when following ends first. */
const untilEnded = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> => {
  work.catch(() => undefined);
  if (hasEnded(signal)) return null;
  const ended = Promise.withResolvers<null>();
  const stop = (): void => {
    ended.resolve(null);
  };
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([work, ended.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};

/** Batches of one subscription, until it fails or following ends. */
async function* oneSubscription(
  followed: Followed,
  cursor: Cursor,
): AsyncGenerator<EventBatch, void, undefined> {
  const { signal, batchSize, connection, reads } = followed;
  const incoming = await subscribe(followed, cursor);
  let lastArrival = Date.now();
  try {
    while (!hasEnded(signal)) {
      await incoming.arrived(idleLookMs);
      if (incoming.length > 0 && incoming.length < batchSize) await turn();
      const messages = incoming.take(batchSize);
      if (messages.length === 0) {
        if (hasEnded(signal)) return;
        const reached = await untilEnded(idleUpTo(followed, cursor), signal);
        if (hasEnded(signal)) return;
        if (reached === 'more') {
          if (incoming.length === 0 && Date.now() - lastArrival > stalledMs)
            throw new TransientError('the subscription does not get what is there');
        } else if (reached !== null && incoming.length === 0) {
          tell(cursor, reached);
          yield { events: [], position: reached };
        }
        continue;
      }
      lastArrival = Date.now();
      connection.succeeded();
      const { events, reached } = decode(messages, reads, cursor.position);
      if (reached === null || reached === cursor.position) continue;
      cursor.position = reached;
      if (events.length === 0 && !(await untilEnded(isNews(followed, cursor), signal))) continue;
      tell(cursor, reached);
      yield { events, position: reached };
    }
  } finally {
    incoming.close();
  }
}

/**
 * Follows some categories for ever, over as many subscriptions as it takes; nothing is left out or handed out twice,
 * for each one begins behind the last position handed out.
 * @throws RangeError  the position to begin at is not of this log
 */
export async function* followLog(
  followed: Followed,
  after: Position | null,
): AsyncGenerator<EventBatch, void, undefined> {
  const { signal, connection, log } = followed;
  if (after !== null) fromPosition(after);
  const cursor: Cursor = { position: after, told: after, toldAt: performance.now() };
  let failures = 0;
  while (!hasEnded(signal)) {
    try {
      if (followed.prefixes.length === 0) await untilEnded(new Promise(() => undefined), signal);
      else
        for await (const batch of oneSubscription(followed, cursor)) {
          failures = 0;
          yield batch;
        }
    } catch (error) {
      if (hasEnded(signal)) return;
      const failure = connection.failed(null, error);
      if (failure.kind === 'refused') {
        throw new Error(`EventStoreDB refuses a subscription: ${failure.message}`, { cause: error });
      }
      if (failure.kind === 'denied' && failures === 0)
        log(`EventStoreDB denies a subscription: ${failure.message}`);
      const pauseMs = failure.kind === 'not-leader' && failures === 0 ? 0 : backoffMs(failures);
      failures += 1;
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
