import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';

import { TransientError, type Position, type RecordedEvent } from '@city311/kernel';

import type { EventBatch } from '../event-store.js';
import { backoffMs, type Connection } from './connection.js';
import { fromPosition, toPosition } from './position.js';
import { forwards, streams } from './protocol.js';
import { allFrom, beginRead, prefixFilter, searchWindow, type RawRead, type Reads } from './reads.js';

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

const maxQueuedBytes = 4 * 1024 * 1024;
const idleLookMs = 500;
/** A subscription that brings nothing for so long, while there is something, is given up for a new one. */
const stalledMs = 10_000;
/** A look at an idle log is a courtesy: it must not keep a follower from what arrives meanwhile. */
const lookTimeoutMs = 2_000;

/** As a question, for the answer changes while one waits. */
const hasEnded = (signal: AbortSignal): boolean => signal.aborted;

/** What a subscription sends, kept until it is wanted and no more than that: a full queue stops the server. */
class Incoming {
  private messages: Buffer[] = [];
  private bytes = 0;
  private error: Error | null = null;
  private waiting: (() => void) | null = null;
  private readonly stop: () => void;

  constructor(
    private readonly read: RawRead,
    private readonly maxMessages: number,
    private readonly signal: AbortSignal,
  ) {
    this.stop = () => {
      this.wake();
    };
    signal.addEventListener('abort', this.stop);
    read
      .on('data', (message: Buffer) => {
        this.messages.push(message);
        this.bytes += message.length;
        if (this.messages.length >= this.maxMessages || this.bytes >= maxQueuedBytes) read.pause();
        this.wake();
      })
      .on('error', (error: Error) => {
        this.error = error;
        this.wake();
      })
      .on('end', () => {
        this.error ??= new TransientError('the subscription was ended');
        this.wake();
      });
  }

  get length(): number {
    return this.messages.length;
  }

  /** @throws  what the call failed with, once all that came before it is taken */
  take(count: number): Buffer[] {
    if (this.messages.length === 0 && this.error !== null) throw this.error;
    const taken = count >= this.messages.length ? this.messages.splice(0) : this.messages.splice(0, count);
    this.bytes -= taken.reduce((sum, message) => sum + message.length, 0);
    if (this.read.isPaused() && this.messages.length < this.maxMessages / 2) this.read.resume();
    return taken;
  }

  /** Resolves when there is something to take, or after `timeoutMs`, or when following ends. */
  async arrived(timeoutMs: number): Promise<void> {
    if (this.messages.length > 0 || this.error !== null || this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.waiting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.waiting = null;
  }

  close(): void {
    this.signal.removeEventListener('abort', this.stop);
    this.read.on('error', () => undefined).cancel();
  }

  private wake(): void {
    this.waiting?.();
  }
}

interface Cursor {
  /** Up to here everything was handed out. */
  position: Position | null;
}

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
  if (newest === null || (cursor.position !== null && newest <= cursor.position)) return null;
  const [missed] = await reads.categories(prefixes, cursor.position, 1, lookTimeoutMs);
  return missed === undefined ? newest : 'more';
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
          cursor.position = reached;
          yield { events: [], position: reached };
        }
        continue;
      }
      lastArrival = Date.now();
      connection.succeeded();
      const { events, reached } = decode(messages, reads, cursor.position);
      if (reached === null || reached === cursor.position) continue;
      cursor.position = reached;
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
  const cursor: Cursor = { position: after };
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
