import { parseEvent, type TopicName } from '@city311/contracts';
import type { Kafka } from 'kafkajs';

import {
  consumerDefaults,
  silentLogger,
  type Consumer,
  type ConsumerSettings,
  type GroupStatus,
  type Messaging,
  type MessagingLogger,
} from '../consumer-groups.js';
import type { Handler } from '../in-order/delivery.js';
import { keptFor } from '../kept-for.js';
import type { ParseMessage } from './binding.js';
import { Clients } from './consume/clients.js';
import { readGroups } from './consume/group-status.js';
import type { KafkaTopic } from './consume/incoming.js';
import { createKafkaReader } from './consume/kafka-reader.js';
import { createMessageReader } from './consume/message-reader.js';
import { Member } from './consume/member.js';
import { ParkedBoard } from './consume/parked-board.js';
import { createKafkaParked } from './consume/parked-messages.js';
import { defaultTiming, type Timing } from './consume/timing.js';
import { parkedTopic } from './topics/topic-list.js';

export interface KafkaMessagingOptions {
  readonly kafka: Kafka;
  readonly topics: readonly KafkaTopic[];
  /** Default: `parseEvent` of the contracts. */
  readonly parse?: ParseMessage;
  readonly logger?: MessagingLogger;
  readonly timing?: Partial<Timing>;
}

const statusKeptMs = 250;

const byContracts: ParseMessage = (topic, message) => parseEvent(topic as TopicName, message);

/**
 * Topics, consumer groups and parked messages on Kafka. Nothing is connected before something is asked for. The topics
 * must be there; those of parked messages are made when a consumer starts.
 */
export const createKafkaMessaging = (options: KafkaMessagingOptions): Messaging => {
  const { topics, parse = byContracts, logger = silentLogger } = options;
  const timing = { ...defaultTiming, ...options.timing };
  const clients = new Clients(options.kafka);
  const closing = new AbortController();
  const names = topics.map(({ topic }) => topic);
  const read = createMessageReader(parse);
  const common = { clients, timing, logger };
  const board = new ParkedBoard({ ...common, topics: names, closing: closing.signal });
  const parked = createKafkaParked({ ...common, board, topics, parse, closing: closing.signal });
  const members = new Map<string, Member>();
  let takeovers = 0;
  const keyOf = (group: string, topic: string): string => `${group} ${topic}`;

  const consume = (settings: ConsumerSettings, handler: Handler): Consumer => {
    const key = keyOf(settings.group, settings.topic);
    const topic = topics.find((one) => one.topic === settings.topic);
    if (topic === undefined) throw new RangeError(`no such topic: ${settings.topic}`);
    if (members.has(key)) throw new RangeError(`${key} already has a member in this process`);
    const member = new Member(
      {
        ...common,
        topic,
        parkedTopic: parkedTopic(settings.topic, settings.group),
        settings: { ...consumerDefaults, ...settings },
        handler,
        parse,
        read,
        board,
      },
      {
        onTaken: () => {
          takeovers += 1;
        },
        onStopped: () => members.delete(key),
      },
    );
    members.set(key, member);
    return member;
  };

  const readStatuses = async (): Promise<readonly GroupStatus[]> => {
    await board.upToDate();
    return readGroups({
      clients,
      topics: names,
      members: () =>
        [...members].map(([key, { active }]) => {
          const [group = '', topic = ''] = key.split(' ');
          return { group, topic, active };
        }),
      parked: (group, topic) => board.fold(parkedTopic(topic, group)).count(group),
    });
  };

  return {
    reader: createKafkaReader({
      ...{ ...common, topics, parse, read, closing: closing.signal },
      takeovers: () => takeovers,
    }),
    parked,
    consumeCases: (settings, handle) => consume(settings, { kind: 'cases', handle }),
    consumeBatches: (settings, handle) => consume(settings, { kind: 'batches', handle }),
    groups: keptFor(statusKeptMs, readStatuses),
    close: async () => {
      await Promise.all([...members.values()].map((member) => member.stop()));
      closing.abort();
      await Promise.all([board.close(), clients.close()]);
    },
  };
};
