import { randomUUID } from 'node:crypto';

import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';

import type { MessagingLogger } from '../../consumer-groups.js';
import { pause } from '../../in-order/pause.js';
import { orAborted } from '../../in-order/until-aborted.js';
import { backoffMs, reasonOf } from '../../retry.js';
import { atMost, goodbyeMs } from './at-most.js';
import { Feed, type Fetched } from './feed.js';
import { withHeartbeats } from './heartbeats.js';
import type { Timing } from './timing.js';

export interface PlainReaderOptions {
  readonly kafka: Kafka;
  readonly timing: Timing;
  readonly logger: MessagingLogger;
  /** Where to begin, by topic and partition; what is not named is not read. */
  readonly from: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** At most so many messages at a time. */
  readonly batchSize: number;
  readonly signal: AbortSignal;
}

/** Groups of readers are made for one reading, commit nothing, and are gone with it. */
export const readerGroupPrefix = 'city311.reader.';

const firstRetryMs = 200;
const sideBySide = 64;

/**
 * Reads partitions from given offsets on, for ever, whatever happens to the broker meanwhile. The client can read in
 * a group only, so each reading is the one member of a group of its own.
 */
export async function* readPlainly(options: PlainReaderOptions): AsyncGenerator<readonly Fetched[]> {
  const { batchSize, signal } = options;
  const next = new Map([...options.from].map(([topic, offsets]) => [topic, new Map(offsets)]));
  const feed = new Feed(2 * batchSize);
  const ended = new AbortController();
  const stopping = AbortSignal.any([signal, ended.signal]);
  const reading = keepReading(options, next, feed, stopping);
  try {
    while (!signal.aborted) {
      const taken = feed.take(batchSize);
      if (taken.length === 0) {
        await orAborted(feed.changed(), signal);
        continue;
      }
      for (const { topic, partition, offset } of taken) next.get(topic)?.set(partition, offset + 1);
      yield taken;
    }
  } finally {
    ended.abort();
    await reading;
  }
}

type Offsets = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** One client after the other, each beginning where the last message was taken. */
const keepReading = async (
  options: PlainReaderOptions,
  next: Offsets,
  feed: Feed,
  stopping: AbortSignal,
): Promise<void> => {
  let failures = 0;
  while (!stopping.aborted) {
    try {
      await readOnce(options, next, feed, stopping, () => {
        failures = 0;
      });
    } catch (error) {
      failures += 1;
      const topics = [...next.keys()].join(', ');
      options.logger.warn({ topics, reason: reasonOf(error) }, 'reading was interrupted and starts again');
      await pause(backoffMs(failures, firstRetryMs), stopping);
    }
    feed.clear();
  }
};

const readOnce = async (
  { kafka, timing }: PlainReaderOptions,
  next: Offsets,
  feed: Feed,
  stopping: AbortSignal,
  onRead: () => void,
): Promise<void> => {
  const consumer = kafka.consumer({
    groupId: `${readerGroupPrefix}${randomUUID()}`,
    sessionTimeout: timing.sessionTimeoutMs,
    heartbeatInterval: timing.heartbeatMs,
    maxWaitTimeInMs: timing.maxWaitMs,
    maxBytesPerPartition: timing.maxBytesPerPartition,
    maxBytes: timing.maxBytes,
    retry: { retries: 3, initialRetryTime: firstRetryMs, restartOnFailure: async () => false },
  });
  const crashed = Promise.withResolvers<never>();
  crashed.promise.catch(() => undefined);
  consumer.on(consumer.events.CRASH, ({ payload }) => crashed.reject(payload.error));
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    feed.clear();
    goTo(consumer, next);
    for (const [topic, partitions] of Object.entries(payload.memberAssignment)) {
      const others = partitions.filter((partition) => next.get(topic)?.has(partition) !== true);
      if (others.length > 0) consumer.pause([{ topic, partitions: others }]);
    }
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...next.keys()], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: sideBySide,
      eachBatch: async (fetched: EachBatchPayload) => {
        const { batch } = fetched;
        if (fetched.isStale() || stopping.aborted || next.get(batch.topic)?.has(batch.partition) !== true)
          return;
        onRead();
        feed.add(batch.topic, batch.partition, batch.messages);
        await withHeartbeats(room(feed, stopping), () => fetched.heartbeat(), timing.heartbeatMs);
      },
    });
    await orAborted(crashed.promise, stopping);
  } finally {
    await atMost(goodbyeMs, consumer.disconnect());
  }
};

const room = async (feed: Feed, stopping: AbortSignal): Promise<void> => {
  while (feed.isFull && !stopping.aborted) await orAborted(feed.changed(), stopping);
};

const goTo = (consumer: Consumer, next: Offsets): void => {
  for (const [topic, offsets] of next)
    for (const [partition, offset] of offsets) consumer.seek({ topic, partition, offset: String(offset) });
};
