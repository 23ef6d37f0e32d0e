import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { TransientError, type Position, type RecordedEvent, type StreamName } from '@city311/kernel';

import type { Appended, EventStore, ExpectedRevision } from '../event-store.js';
import { EventStoreAccessError } from './access-error.js';
import { AppendLane, type AppendLookup } from './append-lane.js';
import { backoffMs, Connection, type ConnectionStatus } from './connection.js';
import { encodeAppend, toImport, toWrite } from './encoding.js';
import { followLog } from './follow.js';
import { start, toPosition } from './position.js';
import { Reads } from './reads.js';
import { readConnectionString } from './settings.js';

export interface EventStoreDbOptions {
  /** `esdb://…` or `esdb+discover://…`, credentials and TLS in it (EVENTSTORE_URL). */
  readonly url: string;
  /** How long the first connection is tried; Infinity waits for the server. */
  readonly connectTimeoutMs?: number;
  /** Streams are kept under this prefix, and only they are seen: for several systems on one server. */
  readonly streamPrefix?: string;
  /** Envelope, data and type of one event as the server counts them. */
  readonly maxEventBytes?: number;
  /** All events of one append: the server's `MaxAppendSize`. */
  readonly maxAppendBytes?: number;
  /** How long an append waits for its answer, lost connections and all. */
  readonly appendTimeoutMs?: number;
  readonly readTimeoutMs?: number;
  /** An append without an answer for so long is sent again. */
  readonly resendAfterMs?: number;
  /** Appends without an answer yet; over it `append` rejects with TransientError. */
  readonly maxPendingAppends?: number;
  /** Hears of lost and found connections, without secrets. */
  readonly log?: (line: string) => void;
}

export interface EventStoreDb extends EventStore {
  /** @throws TransientError | EventStoreAccessError  it does not answer reads within `timeoutMs` */
  ping(timeoutMs?: number): Promise<void>;
  status(): ConnectionStatus;
}

const mebibyte = 1024 * 1024;
const readsAtOnce = 32;
const headFreshMs = 400;
const lookTimeoutMs = 2_000;

/** Streams end with what was appended last: an append whose answer was lost is found among so many. */
const lookBackEvents = 500;

const lookupIn = (reads: Reads): AppendLookup => ({
  async newest(stream) {
    const events = await reads.endOfStream(stream, lookBackEvents);
    return new Map(events.map(({ id, sequence, position }) => [id, { revision: sequence, position }]));
  },
  async placeOf(stream, revision) {
    const [event] = await reads.stream(stream, revision);
    if (event === undefined) throw new TransientError(`${stream} has no event ${revision} yet`);
    return { revision, position: event.position };
  },
});

/** One question at a time for all who ask; an answer is good for a moment. */
const askedTogether = (ask: () => Promise<Position | null>) => {
  let asking: Promise<Position | null> | null = null;
  let at = -Infinity;
  return (): Promise<Position | null> => {
    if (asking === null || performance.now() - at > headFreshMs) {
      at = performance.now();
      asking = ask();
    }
    return asking;
  };
};

const connect = async (
  connection: Connection,
  reads: Reads,
  timeoutMs: number,
  log: (line: string) => void,
): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  const where = connection.settings.described;
  for (let failures = 0; ; failures += 1) {
    try {
      await reads.head(Math.min(2_000, timeoutMs));
      return;
    } catch (error) {
      const why = connection.status().trouble ?? (error instanceof Error ? error.message : String(error));
      if (error instanceof EventStoreAccessError) {
        throw new EventStoreAccessError(
          `EventStoreDB at ${where} does not let us in: check user and password in EVENTSTORE_URL, ` +
            'that TLS is on (without it no credentials are sent), and that the user may read $all',
          { cause: error },
        );
      }
      if (!(error instanceof TransientError)) throw error;
      if (Date.now() >= deadline) {
        throw new TransientError(
          `EventStoreDB at ${where} cannot be reached: ${why}. Check host and port in EVENTSTORE_URL, ` +
            'tls=true or false as the server has it, its certificate (tlsCAFile), the network, and that it runs',
          { cause: error },
        );
      }
      if (failures === 0) log(`waiting for EventStoreDB at ${where}: ${why}`);
      await delay(backoffMs(failures));
    }
  }
};

/** As `openEventStoreDb` promises. */
export const connectEventStoreDb = async (options: EventStoreDbOptions): Promise<EventStoreDb> => {
  const log = options.log ?? (() => undefined);
  const connection = new Connection(readConnectionString(options.url), log);
  const streamPrefix = options.streamPrefix ?? '';
  const reads = new Reads(connection, { streamPrefix, timeoutMs: options.readTimeoutMs ?? 10_000 });
  const limits = {
    eventBytes: options.maxEventBytes ?? mebibyte,
    appendBytes: options.maxAppendBytes ?? mebibyte,
  };
  try {
    await connect(connection, reads, options.connectTimeoutMs ?? 10_000, log);
  } catch (error) {
    connection.close();
    throw error;
  }
  const lane = new AppendLane(connection, lookupIn(reads), {
    timeoutMs: options.appendTimeoutMs ?? 10_000,
    resendAfterMs: options.resendAfterMs ?? 3_000,
    maxAppends: options.maxPendingAppends ?? 20_000,
    maxBytes: 64 * mebibyte,
  });
  const closing = new AbortController();
  const head = askedTogether(() => reads.head(lookTimeoutMs));

  const write = (
    stream: StreamName,
    events: Parameters<typeof encodeAppend>[1],
    expected: ExpectedRevision,
    lastId: string | undefined,
  ): Promise<Appended> =>
    new Promise((resolve, reject) => {
      if (lastId === undefined) throw new RangeError(`an append to ${stream} needs an event`);
      const correlationId = randomUUID();
      const names = { stream, stored: streamPrefix + stream };
      const bytes = encodeAppend(names, events, expected, correlationId, limits);
      lane.add({ correlationId, stream, expected, lastId, bytes, resolve, reject });
    });

  return {
    append: (stream, events, expected) => write(stream, toWrite(events), expected, events.at(-1)?.id),
    appendRecorded: (stream, events, expected) =>
      write(stream, toImport(events), expected, events.at(-1)?.id),

    readStream: async (stream, from = 0) => reads.stream(stream, from),

    async readStreams(streams) {
      const found = new Map<StreamName, readonly RecordedEvent[]>();
      const left = [...new Set(streams)];
      const work = async (): Promise<void> => {
        for (let stream = left.pop(); stream !== undefined; stream = left.pop()) {
          const events = await reads.stream(stream, 0);
          if (events.length > 0) found.set(stream, events);
        }
      };
      await Promise.all(Array.from({ length: Math.min(readsAtOnce, left.length) }, work));
      return found;
    },

    async readCategories(categories, after, max) {
      // asked for before the events: whatever is committed meanwhile lies behind it
      const newest = await reads.head();
      const from = after ?? toPosition(start);
      if (newest === null || newest <= from) return { events: [], position: from };
      const events = await reads.categories(reads.prefixes(categories), after, max);
      const last = events.at(-1)?.position ?? from;
      return { events, position: events.length < max && newest > last ? newest : last };
    },

    follow: (categories, { after, batchSize, signal }) =>
      followLog(
        {
          connection,
          reads,
          prefixes: reads.prefixes(categories),
          batchSize,
          signal: AbortSignal.any([signal, closing.signal]),
          head,
          log,
        },
        after,
      ),

    head: () => reads.head(),

    async ping(timeoutMs = 2_000) {
      await reads.head(timeoutMs);
    },

    status: () => connection.status(),

    async close() {
      closing.abort();
      await lane.close();
      connection.close();
    },
  };
};
