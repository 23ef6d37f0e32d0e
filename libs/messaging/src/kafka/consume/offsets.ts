import type { Admin } from 'kafkajs';

import { TransientError } from '@city311/kernel';

import type { Place } from './place.js';

/** Where a topic begins, after what was deleted, and where its next message will lie; by partition. */
export interface Bounds {
  readonly first: Place;
  readonly end: Place;
}

/** The library, while several calls learn of topics at once, can forget one for a moment and then asks for nothing. */
export class TopicForgotten extends TransientError {}

/** @throws TransientError  the broker does not answer, or has no such topic */
export const boundsOf = async (admin: Admin, topics: readonly string[]): Promise<Bounds> => {
  const first = new Map<string, readonly number[]>();
  const end = new Map<string, readonly number[]>();
  try {
    await Promise.all(
      topics.map(async (topic) => {
        const partitions = (await topicOffsets(admin, topic)).toSorted((a, b) => a.partition - b.partition);
        first.set(
          topic,
          partitions.map(({ low }) => Number(low)),
        );
        end.set(
          topic,
          partitions.map(({ high }) => Number(high)),
        );
      }),
    );
  } catch (error) {
    if (error instanceof TopicForgotten) throw error;
    throw new TransientError('the offsets of a topic could not be read', { cause: error });
  }
  return { first, end };
};

const topicOffsets = async (
  admin: Admin,
  topic: string,
): Promise<Awaited<ReturnType<Admin['fetchTopicOffsets']>>> => {
  try {
    return await admin.fetchTopicOffsets(topic);
  } catch (error) {
    if (error instanceof TypeError) throw new TopicForgotten(`no partitions of ${topic}`, { cause: error });
    throw error;
  }
};

/** Next offset of a group in each partition of a topic; null where it has committed none. */
export const committedOffsets = async (
  admin: Admin,
  group: string,
  topics: readonly string[],
): Promise<ReadonlyMap<string, readonly (number | null)[]>> => {
  const answers = await admin.fetchOffsets({ groupId: group, topics: [...topics] });
  return new Map(
    answers.map(({ topic, partitions }) => {
      if (partitions.length === 0) throw new TopicForgotten(`no partitions of ${topic}`);
      const offsets: (number | null)[] = [];
      for (const { partition, offset } of partitions)
        offsets[partition] = Number(offset) < 0 ? null : Number(offset);
      return [topic, offsets];
    }),
  );
};
