import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { TransientError } from '@city311/kernel';
import type { Category, StreamName } from '@city311/kernel';

import { VersionConflictError } from '../errors.js';
import type { Appended, EventBatch, EventStore, ExpectedRevision, NewEvent } from '../event-store.js';
import { AppendQueue, type PendingAppend } from './append-queue.js';
import { CommitSignal } from './commit-signal.js';
import {
  categoryOf,
  encodeEvents,
  fromPosition,
  placeEvents,
  toPosition,
  type RecordedTimes,
} from './encoding.js';
import { followLog } from './follow.js';
import { startLocalWriter, type LocalWriter } from './local-writer.js';
import { keepLogShort } from './keep-log-short.js';
import { openLogReader, type LogReader } from './log-reader.js';
import { RecentEvents } from './recent-events.js';
import { WriterElection } from './writer-election.js';
import type { AppendResult } from './writer-protocol.js';
import { serveWriter } from './writer-server.js';

export interface SqliteEventStoreOptions {
  /** Holds `events.db`; made where it is missing. On a local disk: SQLite's WAL does not work over a network. */
  readonly folder: string;
  /** Who holds the writer lease, for operators. */
  readonly processName?: string;
  /** Envelope and data of one event as JSON. */
  readonly maxEventBytes?: number;
  /** The log refuses to grow beyond it: appends then fail with TransientError. Unlimited by default. */
  readonly maxLogBytes?: number;
  /** Appends without an answer yet; over it `append` rejects with TransientError. */
  readonly maxPendingAppends?: number;
  /** How long an append waits for an answer while the writer is away. */
  readonly appendTimeoutMs?: number;
  /** Newest events kept in memory for followers. */
  readonly recentEvents?: number;
  /**
   * Empties the write-ahead log into the file this often, on this thread, so that the writer need not stop for it.
   * Without it that happens every 128 MB, inside a commit.
   */
  readonly checkpointEveryMs?: number;
  /** How long a writer that went silent keeps its lease. */
  readonly leaseMs?: number;
  /** Instant for `recordedTime`, ISO 8601 UTC. */
  readonly clock?: () => string;
}

const mebibyte = 1024 * 1024;
const pageBytes = 4096;
const safetyPollMs = 1_000;

const expectedNumber = (expected: ExpectedRevision): number =>
  expected === 'any' ? -2 : expected === 'no-stream' ? -1 : expected;

/**
 * Opens the log in `folder`. Appends are written by a thread of its own, those in flight together in one
 * transaction with one fsync; reads run on the caller's thread.
 * Events that `follow` yields may be shared with other followers and with the writer: do not change them.
 */
export const openSqliteEventStore = async (options: SqliteEventStoreOptions): Promise<EventStore> => {
  const maxEventBytes = options.maxEventBytes ?? mebibyte;
  const clock = options.clock ?? (() => new Date().toISOString());
  await mkdir(options.folder, { recursive: true });
  const file = join(options.folder, 'events.db');

  const settings = {
    file,
    leaseMs: options.leaseMs ?? 5_000,
    cachedStreams: 100_000,
    maxPages: options.maxLogBytes === undefined ? null : Math.floor(options.maxLogBytes / pageBytes),
  };
  // the first to start makes the file, which everything else needs
  const startWriter = (onLost: () => void): Promise<LocalWriter> =>
    startLocalWriter(settings, onLost, (head) => {
      othersCommitted(head);
    });
  const firstWriter = await startWriter(() => {
    election.localLost();
  });
  let reader: LogReader;
  try {
    reader = openLogReader(file);
  } catch (error) {
    await firstWriter.close();
    throw error;
  }
  const commits = new CommitSignal(reader.head());
  const recent = new RecentEvents(
    { maxEvents: options.recentEvents ?? 8_192, maxChars: 32 * mebibyte },
    commits.head,
    (categories, after, upTo) => reader.readBetween(categories, after, upTo),
  );
  const othersCommitted = (head: number): void => {
    commits.advance(head);
  };

  const onCommitted = (batch: readonly PendingAppend[], results: readonly AppendResult[]): void => {
    let head = 0;
    results.forEach((result, index) => {
      const pending = batch[index];
      if (pending === undefined || result.outcome !== 'written') return;
      const { append, count, chars } = pending;
      recent.push(append.category, result.position - count + 1, count, () => pending.placed(result), chars);
      head = result.position;
    });
    commits.advance(head);
  };
  const queue = new AppendQueue(
    {
      maxAppends: options.maxPendingAppends ?? 20_000,
      maxChars: 64 * mebibyte,
      maxBatchAppends: 2_000,
      timeoutMs: options.appendTimeoutMs ?? 10_000,
    },
    onCommitted,
    () => {
      election.lose();
    },
  );
  const election = new WriterElection(
    {
      holder: options.processName ?? `pid-${process.pid}`,
      startWriter,
      serve: (local) => serveWriter(options.folder, local),
      storedLease: () => reader.writerLease(),
      onWriter: (writer) => {
        queue.use(writer);
        commits.advance(reader.head());
      },
      onCommit: othersCommitted,
    },
    firstWriter,
  );
  await election.elect();

  const checkpoints =
    options.checkpointEveryMs === undefined ? null : keepLogShort(file, options.checkpointEveryMs);
  let closed = false;
  const poll = setInterval(() => {
    queue.expire(Date.now());
    commits.advance(reader.head());
    election.check();
  }, safetyPollMs);

  const write = (
    stream: StreamName,
    events: readonly NewEvent[],
    expected: ExpectedRevision,
    recordedTime: RecordedTimes,
  ): Promise<Appended> =>
    new Promise((resolve, reject) => {
      if (closed) throw new TransientError('the log is closed');
      if (events.length === 0) throw new RangeError(`an append to ${stream} needs an event`);
      const texts = encodeEvents(stream, events, recordedTime, maxEventBytes);
      const append = {
        stream,
        category: categoryOf(stream),
        expected: expectedNumber(expected),
        texts,
        retried: false,
      };
      queue.add({
        append,
        count: events.length,
        chars: texts.reduce((sum, text) => sum + text.length, 0),
        settle(result) {
          if (result.outcome === 'conflict') {
            const actual = result.actual === -1 ? 'no-stream' : result.actual;
            reject(new VersionConflictError(stream, expected, actual));
          } else {
            resolve({ revision: result.revision, position: toPosition(result.position) });
          }
        },
        fail: reject,
        placed: (last) => placeEvents(stream, events, recordedTime, last),
      });
    });

  return {
    append: (stream, events, expected) => write(stream, events, expected, clock()),
    appendRecorded: (stream, events, expected) =>
      write(
        stream,
        events,
        expected,
        events.map(({ recordedTime }) => recordedTime),
      ),

    readStream: (stream, from = 0) => Promise.resolve(reader.readStream(stream, from)),
    readStreams: (streams) => Promise.resolve(reader.readStreams(streams)),

    readCategories(categories, after, max): Promise<EventBatch> {
      const { events, cursor } = reader.readCategories(categories, fromPosition(after), max);
      return Promise.resolve({ events, position: toPosition(cursor) });
    },

    follow: (categories: readonly Category[], followOptions) =>
      followLog({ recent, reader, commits, isClosed: () => closed }, categories, followOptions),

    head() {
      const head = reader.head();
      return Promise.resolve(head === 0 ? null : toPosition(head));
    },

    async close() {
      if (closed) return;
      closed = true;
      commits.wake();
      await queue.drained();
      clearInterval(poll);
      checkpoints?.stop();
      await election.close();
      reader.close();
    },
  };
};
