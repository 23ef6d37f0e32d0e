import type { Admin } from 'kafkajs';

import { TransientError } from '@city311/kernel';

import type { Place } from './place.js';

/** Where a topic begins, after what was deleted, and where its next message will lie; by partition. */
export interface Bounds {
  readonly first: Place;
  readonly end: Place;
}

/** @throws TransientError  the broker does not answer, or has no such topic */
export const boundsOf = async (admin: Admin, topics: readonly string[]): Promise<Bounds> => {
  const first = new Map<string, readonly number[]>();
  const end = new Map<string, readonly number[]>();
  try {
    await Promise.all(
      topics.map(async (topic) => {
        const partitions = (await admin.fetchTopicOffsets(topic)).toSorted(
          (a, b) => a.partition - b.partition,
        );
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
    throw new TransientError('the offsets of a topic could not be read', { cause: error });
  }
  return { first, end };
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
      const offsets: (number | null)[] = [];
      for (const { partition, offset } of partitions)
        offsets[partition] = Number(offset) < 0 ? null : Number(offset);
      return [topic, offsets];
    }),
  );
};
