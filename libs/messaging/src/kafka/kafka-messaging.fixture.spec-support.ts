import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { Kafka, logLevel, type KafkaConfig, type Message } from 'kafkajs';

import { streamName, type PublicEvent } from '@city311/kernel';
import { newTestEvent, type MessagingFixture, type ToPublish } from '@city311/testing';

import type { Messaging } from '../consumer-groups.js';
import { encodeMessage, type ParseMessage } from './binding.js';
import type { Timing } from './consume/timing.js';
import { createKafkaMessaging, type KafkaMessagingOptions } from './kafka-messaging.js';
import { Network } from './network.spec-support.js';

const changed = 'test.Changed.v1';
const unknown = 'test.Unknown.v1';

/** Short, so that a silent member is replaced within about a second. */
export const quickTiming: Partial<Timing> = {
  sessionTimeoutMs: 1_000,
  heartbeatMs: 100,
  rebalanceTimeoutMs: 10_000,
  maxWaitMs: 100,
  flushMs: 50,
};

export const testClient = (brokers: readonly string[], more: Partial<KafkaConfig> = {}): Kafka =>
  new Kafka({
    brokers: [...brokers],
    clientId: 'tests',
    logLevel: logLevel.NOTHING,
    retry: { retries: 10, initialRetryTime: 50, maxRetryTime: 500 },
    ...more,
  });

interface Process {
  readonly messaging: Messaging;
  readonly network: Network;
  dead: boolean;
}

export interface KafkaFixture extends MessagingFixture {
  readonly kafka: Kafka;
  readonly category: string;
  /** Joins with options of its own. */
  joinWith(options: Partial<KafkaMessagingOptions>): Promise<Messaging>;
  networkOf(member: Messaging): Network;
  /** Publishes everything once more, as a relay that does not know that it was replaced. */
  repeat(): Promise<void>;
}

/** Several "processes" with connections of their own, on a topic that nobody else has. */
export const kafkaMessagingFixture = async (
  brokers: readonly string[],
  { groups = ['test.contract.group'], partitions = 3 } = {},
): Promise<KafkaFixture> => {
  const topic = `test.${randomUUID()}.v1`;
  const category = 'test.case';
  const kafka = testClient(brokers);
  const admin = kafka.admin();
  const producer = kafka.producer();
  await Promise.all([admin.connect(), producer.connect()]);
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: false });
  await untilDone(() => admin.fetchTopicOffsets(topic));
  const processes: Process[] = [];
  const sequences = new Map<string, number>();
  const buried = Promise.withResolvers<void>();
  const published: Message[] = [];
  let canRead = false;

  const parse: ParseMessage = (_topic, message) => {
    // Its headers were checked by the binding.
    const event = message as unknown as PublicEvent;
    if (event.type !== unknown) return { ok: true, event };
    return canRead
      ? { ok: true, event: { ...event, type: changed } }
      : { ok: false, faults: [{ path: 'type', message: `unknown event type ${unknown}` }] };
  };
  const publish = async (events: readonly ToPublish[]): Promise<void> => {
    const messages = events.map(({ caseNumber, type, data }) => {
      const sequence = sequences.get(caseNumber) ?? 0;
      sequences.set(caseNumber, sequence + 1);
      const { key, value, headers } = encodeMessage({
        ...newTestEvent(data, { subject: caseNumber, type }),
        stream: streamName(category, caseNumber),
        sequence,
        recordedTime: '2026-01-05T08:00:00.000Z',
        data,
      });
      return { key, value, headers: { ...headers } };
    });
    published.push(...messages);
    await untilDone(() => producer.send({ topic, messages, acks: -1 }), 300);
  };
  const processOf = (member: Messaging): Process => {
    const found = processes.find(({ messaging }) => messaging === member);
    if (found === undefined) throw new RangeError('not a member of this fixture');
    return found;
  };
  /** A handler that is neither called nor answers once its process is dead. */
  const mortal =
    <Input, Answer>(handle: (input: Input) => Promise<Answer>, process: () => Process) =>
    async (input: Input): Promise<Answer> => {
      const dies = async (): Promise<never> => {
        await buried.promise;
        throw new Error('this process is dead');
      };
      if (process().dead) return dies();
      try {
        return await handle(input);
      } finally {
        if (process().dead) await dies();
      }
    };
  const joinWith = async (options: Partial<KafkaMessagingOptions>): Promise<Messaging> => {
    const network = new Network();
    const over = createKafkaMessaging({
      kafka: testClient(brokers, { socketFactory: network.sockets, retry: { retries: 2 } }),
      topics: [{ topic, category }],
      parse,
      timing: quickTiming,
      ...options,
    });
    const messaging: Messaging = {
      ...over,
      consumeCases: (settings, handle) =>
        over.consumeCases(
          settings,
          mortal(handle, () => process),
        ),
      consumeBatches: (settings, handle) =>
        over.consumeBatches(
          settings,
          mortal(handle, () => process),
        ),
    };
    const process: Process = { messaging, network, dead: false };
    processes.push(process);
    return messaging;
  };

  return {
    topic,
    category,
    kafka,
    publish,
    publishUnreadable: (caseNumber) => publish([{ caseNumber, type: unknown, data: 2 }]),
    learnToRead: () => {
      canRead = true;
    },
    repeat: async () => {
      await producer.send({ topic, messages: published, acks: -1 });
    },
    join: () => joinWith({}),
    joinWith,
    networkOf: (member) => processOf(member).network,
    kill: async (member) => {
      const process = processOf(member);
      process.dead = true;
      process.network.cut();
    },
    isolate: async (member) => {
      processOf(member).network.cut();
    },
    close: async () => {
      const closed = processes.map(async ({ messaging, network, dead }) => {
        if (!dead) network.mend();
        const closing = messaging.close();
        if (!dead) await closing;
      });
      await Promise.all(closed);
      buried.resolve();
      const parked = (await admin.listTopics()).filter((name) => name.startsWith(`${topic}.`));
      await admin.deleteTopics({ topics: [topic, ...parked] });
      // A group can be deleted once its dead members are forgotten.
      await untilDone(() => admin.deleteGroups([...groups]), 40, 'GROUP_ID_NOT_FOUND');
      await Promise.all([admin.disconnect(), producer.disconnect()]);
    },
  };
};

/** Tries again every 100 ms; `ends` in an error is as good as done. */
const untilDone = async (task: () => Promise<unknown>, times = 40, ends?: string): Promise<void> => {
  for (let tries = 0; tries < times; tries += 1) {
    try {
      await task();
      return;
    } catch (error) {
      if (ends !== undefined && JSON.stringify(error).includes(ends)) return;
      await sleep(100);
    }
  }
};
