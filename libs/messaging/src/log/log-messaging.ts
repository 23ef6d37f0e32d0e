import type { EventStore } from '@city311/eventing';
import type { Category, Position } from '@city311/kernel';
import { processHolder } from '@city311/scheduling';

import {
  consumerDefaults,
  silentLogger,
  type Consumer,
  type ConsumerSettings,
  type GroupStatus,
  type Messaging,
  type MessagingLogger,
} from '../consumer-groups.js';
import { keptFor } from '../kept-for.js';
import type { TopicSource } from '../messaging.js';
import type { ConsumerState } from './consumer-state.js';
import type { Handler } from '../in-order/delivery.js';
import { createTranslator } from './entry.js';
import { countAfter } from './lag.js';
import { LogConsumer } from './log-consumer.js';
import { createLogParked } from './log-parked.js';
import { createLogReader } from './log-reader.js';

export interface LogMessagingOptions {
  readonly store: EventStore;
  readonly sources: readonly TopicSource[];
  readonly state: ConsumerState;
  readonly logger?: MessagingLogger;
  /** Name under which this process holds leases. Default: `processHolder()`. */
  readonly owner?: string;
  /** Time after which another process takes over from a member that fell silent. Default 10,000. */
  readonly leaseTtlMs?: number;
  /** Counts events of a category after a position; by default they are read, up to `lagCountLimit`. */
  readonly countAfter?: (category: Category, after: Position | null) => Promise<number>;
}

const statusKeptMs = 250;

/**
 * Topics, consumer groups and parked messages on the event store itself: a topic is a category, translated by its
 * owner. Publishing is appending. The store and the state stay open when it is closed.
 */
export const createLogMessaging = (options: LogMessagingOptions): Messaging => {
  const { store, state, sources, logger = silentLogger } = options;
  const byTopic = new Map(sources.map((source) => [source.topic, source]));
  const translate = createTranslator(sources);
  const consumers = new Map<string, LogConsumer>();
  const closing = new AbortController();
  let takeovers = 0;
  const count = options.countAfter ?? ((category, after) => countAfter(store, category, after));

  const sourceOf = (topic: string): TopicSource => {
    const source = byTopic.get(topic);
    if (source === undefined) throw new RangeError(`no such topic: ${topic}`);
    return source;
  };
  const keyOf = (group: string, topic: string): string => `${group} ${topic}`;

  const consume = (settings: ConsumerSettings, handler: Handler): Consumer => {
    const key = keyOf(settings.group, settings.topic);
    if (consumers.has(key)) throw new RangeError(`${key} already has a member in this process`);
    const consumer = new LogConsumer(
      {
        store,
        state,
        source: sourceOf(settings.topic),
        translate,
        settings: { ...consumerDefaults, ...settings },
        handler,
        logger,
        owner: options.owner ?? processHolder(),
        leaseTtlMs: options.leaseTtlMs ?? 10_000,
      },
      {
        onTaken: () => {
          takeovers += 1;
        },
        onStopped: () => consumers.delete(key),
      },
    );
    consumers.set(key, consumer);
    return consumer;
  };

  const readGroups = async (): Promise<readonly GroupStatus[]> => {
    const positions = new Map<string, { group: string; topic: string; position: Position | null }>();
    for (const checkpoint of state.checkpoints())
      positions.set(keyOf(checkpoint.group, checkpoint.topic), checkpoint);
    const parked = new Map(state.parkedCounts().map((row) => [keyOf(row.group, row.topic), row.count]));
    const statuses: GroupStatus[] = [];
    for (const [key, { group, topic, position }] of positions) {
      const source = byTopic.get(topic);
      statuses.push({
        group,
        topic,
        position,
        lag: source === undefined ? 0 : await count(source.category as Category, position),
        parked: parked.get(key) ?? 0,
        active: consumers.get(key)?.active ?? false,
      });
    }
    return statuses;
  };

  return {
    reader: createLogReader(store, sourceOf, translate, closing.signal, {
      countAfter: async (topic, position) => count(sourceOf(topic).category as Category, position),
      takeovers: () => takeovers,
    }),
    parked: createLogParked(state, (group) => {
      for (const [key, consumer] of consumers) if (key.startsWith(`${group} `)) consumer.lookForResends();
    }),
    consumeCases: (settings, handle) => consume(settings, { kind: 'cases', handle }),
    consumeBatches: (settings, handle) => consume(settings, { kind: 'batches', handle }),
    groups: keptFor(statusKeptMs, readGroups),
    close: async () => {
      closing.abort();
      await Promise.all([...consumers.values()].map((consumer) => consumer.stop()));
    },
  };
};
