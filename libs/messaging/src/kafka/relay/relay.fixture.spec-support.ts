import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openSqliteEventStore, type EventStore } from '@city311/eventing';
import { streamName, type PublicEvent } from '@city311/kernel';
import { openSqliteLeases, type Leases } from '@city311/scheduling';
import { newTestEvent } from '@city311/testing';

import type { MessagingLogger } from '../../consumer-groups.js';
import type { TopicSource } from '../../messaging.js';
import { decodeMessage } from '../binding.js';
import { openKafka, type KafkaConnection } from '../connect/kafka-connection.js';
import { openSqliteRelayCheckpoints } from '../sqlite-relay-checkpoints.js';
import { ensureTopics } from '../topics/ensure-topics.js';
import { createRelay, type Relay, type RelayOptions } from './relay.js';

export interface RelayFixture {
  readonly topic: string;
  readonly kafka: KafkaConnection;
  readonly store: EventStore;
  readonly checkpoints: ReturnType<typeof openSqliteRelayCheckpoints>;
  /** What was logged. */
  readonly said: string[];
  /** What lies in the topic, in the order of the broker, repeats and all; grows. */
  readonly arrived: PublicEvent[];
  /** A relay as another process would have it, started. */
  relay(more?: Partial<RelayOptions>): Relay;
  /** Appends one event to each case, with data that counts upward in each. */
  append(cases: readonly string[], type?: string, data?: unknown): Promise<void>;
  /** Leases of a process that freezes: it believes to have what it had, while nothing is renewed. */
  freezing(): { readonly leases: Leases; freeze(): void };
  close(): Promise<void>;
}

export const unknownType = 'test.Unknown.v1';
export const privateType = 'test.Private.v1';

const translate: TopicSource['translate'] = (stored) => {
  if (stored.type === unknownType) throw new Error(`unknown event type ${stored.type}`);
  return stored.type === privateType ? null : stored;
};

let made = 0;

/** A log, a topic of its own, and somebody who reads it. */
export const relayFixture = async (
  brokers: readonly string[],
  options: { readonly partitions?: number; readonly maxMessageBytes?: number } = {},
): Promise<RelayFixture> => {
  const folder = await mkdtemp(join(tmpdir(), 'relay-'));
  const store = await openSqliteEventStore({ folder });
  const checkpoints = openSqliteRelayCheckpoints({ folder });
  const leases = openSqliteLeases({ folder });
  const said: string[] = [];
  const say = (_details: object, message: string): void => void said.push(message);
  const logger: MessagingLogger = { info: say, warn: say, error: say };
  const kafka = openKafka({ settings: { brokers, clientId: 'spec' } });
  const topic = `spec.relay-${Date.now()}-${(made += 1)}.v1`;
  const { partitions = 3, maxMessageBytes } = options;
  await kafka.administer(async (admin) => {
    if (maxMessageBytes !== undefined) {
      const configEntries = [
        { name: 'max.message.bytes', value: String(maxMessageBytes) },
        { name: 'retention.ms', value: '-1' },
      ];
      await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }] });
    }
    await ensureTopics(admin, [{ name: topic, partitions, replication: 1 }]);
  });

  const arrived: PublicEvent[] = [];
  const consumer = kafka
    .client({ retries: 100, initialRetryTime: 50, maxRetryTime: 500 })
    .consumer({ groupId: `${topic}-reader`, maxWaitTimeInMs: 20 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (const message of batch.messages)
        arrived.push(
          decodeMessage(topic, message, (_topic, event) => ({
            ok: true,
            event: event as unknown as PublicEvent,
          })),
        );
    },
  });

  const relays: Relay[] = [];
  const counts = new Map<string, number>();
  return {
    topic,
    kafka,
    store,
    checkpoints,
    said,
    arrived,
    relay: (more = {}) => {
      const relay = createRelay({
        ...{ store, kafka, leases, checkpoints, logger },
        source: { topic, category: 'test.case', translate },
        holder: `relay-${relays.length}`,
        ...more,
      });
      relay.start();
      relays.push(relay);
      return relay;
    },
    append: async (cases, type = 'test.Changed.v1', data) => {
      await Promise.all(
        cases.map((subject) => {
          const count = counts.get(subject) ?? 0;
          counts.set(subject, count + 1);
          const event = newTestEvent(data ?? count, { subject, type });
          return store.append(streamName('test.case', subject), [event], 'any');
        }),
      );
    },
    freezing: () => {
      let frozen = false;
      return {
        leases: {
          acquire: (name, holder, ttlMs) =>
            frozen ? Promise.resolve(null) : leases.acquire(name, holder, ttlMs),
          renew: async (lease, ttlMs) => frozen || leases.renew(lease, ttlMs),
          release: async (lease) => (frozen ? undefined : leases.release(lease)),
          current: (name) => leases.current(name),
        },
        freeze: () => {
          frozen = true;
        },
      };
    },
    close: async () => {
      await Promise.all(relays.map((relay) => relay.stop()));
      await consumer.disconnect();
      await kafka.close();
      checkpoints.close();
      leases.close();
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
};

/** The sequences of each case, repeats left out: the first time that each came. */
export const sequencesByCase = (events: readonly PublicEvent[]): Record<string, readonly number[]> => {
  const cases: Record<string, number[]> = {};
  for (const { subject, sequence } of events) {
    const known = (cases[subject] ??= []);
    if (!known.includes(sequence)) known.push(sequence);
  }
  return cases;
};

export const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);
