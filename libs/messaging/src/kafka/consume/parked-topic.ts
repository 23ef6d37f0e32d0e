import type { Admin } from 'kafkajs';

import { ensureTopics } from '../topics/ensure-topics.js';

/**
 * Makes the topic of parked messages where it is missing, with as many partitions and replicas as the topic itself:
 * a message is parked in the partition it came from.
 * @throws Error  the broker does not answer, has no such topic, or does not let us make one
 */
export const ensureParkedTopic = async (admin: Admin, topic: string, parkedTopic: string): Promise<void> => {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = topics[0]?.partitions ?? [];
  const replication = Math.min(...partitions.map(({ replicas }) => replicas.length));
  await ensureTopics(admin, [{ name: parkedTopic, partitions: partitions.length, replication }]);
};
