import { TransientError, type Position, type PublicEvent } from '@city311/kernel';

import type { MessagingLogger } from '../../consumer-groups.js';
import type { TopicBatch, TopicReader } from '../../messaging.js';
import { encodeMessage, type ParseMessage } from '../binding.js';
import type { Clients } from './clients.js';
import type { Fetched } from './feed.js';
import { asStored, readMessage, type KafkaTopic } from './incoming.js';
import type { ReadMessage } from './message-reader.js';
import { boundsOf, type Bounds } from './offsets.js';
import { fromPosition, isPast, toPosition, type Place } from './place.js';
import { readPlainly } from './plain-reader.js';
import type { Timing } from './timing.js';

export interface KafkaReaderOptions {
  readonly clients: Clients;
  readonly topics: readonly KafkaTopic[];
  readonly parse: ParseMessage;
  readonly read: ReadMessage;
  readonly timing: Timing;
  readonly logger: MessagingLogger;
  readonly closing: AbortSignal;
  readonly takeovers: () => number;
}

/** Where to begin: where a position says, but never before what the topics still have. */
const startOf = ({ first }: Bounds, after: Place | null): Map<string, number[]> =>
  new Map(
    [...first].map(([topic, offsets]) => [
      topic,
      offsets.map((offset, partition) => Math.max(offset, after?.get(topic)?.[partition] ?? 0)),
    ]),
  );

/**
 * Reads topics for views, which keep their own checkpoint. A position says where every partition of the followed topics
 * stands. A position of another engine counts as the beginning: views pass over what they have seen.
 */
export const createKafkaReader = (options: KafkaReaderOptions): TopicReader => {
  const { clients, parse, read, timing, logger, closing } = options;
  const byName = new Map(options.topics.map((topic) => [topic.topic, topic]));
  const topicOf = (name: string): KafkaTopic => {
    const topic = byName.get(name);
    if (topic === undefined) throw new RangeError(`no such topic: ${name}`);
    return topic;
  };

  const toBatch = (fetched: readonly Fetched[], position: Position): TopicBatch => {
    const events: PublicEvent[] = [];
    const faults = new Map<PublicEvent, unknown>();
    for (const { topic, partition, message } of fetched) {
      const { event, error } = read(topic, partition, message);
      const shown = event ?? asStored(topicOf(topic), message);
      if (event === null) faults.set(shown, error);
      events.push(shown);
    }
    return faults.size === 0 ? { events, position } : { events, position, unreadable: faults };
  };

  return {
    async *follow(topics, { after, batchSize, signal }) {
      const names = topics.map((name) => topicOf(name).topic);
      const until = AbortSignal.any([signal, closing]);
      if (until.aborted) return;
      const bounds = await clients.administer((admin) => boundsOf(admin, names));
      const place = startOf(bounds, after === null ? null : fromPosition(after));
      const start = toPosition(place);
      if (isPast(place, bounds.end) && start !== after) yield { events: [], position: start };
      const from = new Map([...place].map(([topic, offsets]) => [topic, new Map(offsets.entries())]));
      const { kafka } = clients;
      for await (const fetched of readPlainly({ kafka, timing, logger, from, batchSize, signal: until })) {
        for (const { topic, partition, offset } of fetched) {
          const offsets = place.get(topic);
          if (offsets !== undefined) offsets[partition] = offset + 1;
        }
        yield toBatch(fetched, toPosition(place));
      }
    },
    reread: async (event) => {
      const topic = options.topics.find(({ category }) => event.stream.startsWith(`${category}-`));
      if (topic === undefined) throw new RangeError(`${event.stream} belongs to no topic`);
      const { key, value, headers } = encodeMessage(event);
      const message = { key: Buffer.from(key), value: Buffer.from(value), headers: { ...headers } };
      const reading = readMessage(topic.topic, { ...message, ...noPlace }, parse);
      if (reading.event === null) throw reading.error;
      return reading.event;
    },
    countAfter: async (name, position) => {
      const { topic } = topicOf(name);
      const bounds = await clients.administer((admin) => boundsOf(admin, [topic]));
      const from = startOf(bounds, position === null ? null : fromPosition(position)).get(topic) ?? [];
      const ends = bounds.end.get(topic) ?? [];
      return ends.reduce((sum, end, partition) => sum + Math.max(0, end - (from[partition] ?? 0)), 0);
    },
    takeovers: options.takeovers,
    head: async (names) => {
      const wanted = names?.map((name) => topicOf(name).topic) ?? [...byName.keys()];
      const { first, end } = await clients.administer((admin) => boundsOf(admin, wanted));
      if (end.size === 0) throw new TransientError('no topic has an end');
      return isPast(first, end) && isPast(new Map(), first) ? null : toPosition(end);
    },
  };
};

/** A message that is made up to be read again lies nowhere. */
const noPlace = { offset: '0', timestamp: '0', attributes: 0 };
