import { afterAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';

import { findKafka } from './index.js';

const server = await findKafka();

(server === null ? describe.skip : describe)('A broker for tests', () => {
  const brokers = server?.brokers ?? [];
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { retries: 20 } }).admin();
  const topic = `found-${Date.now()}`;

  afterAll(async () => {
    await admin.disconnect();
    await server?.stop();
  });

  it('answers', async () => {
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true });
    expect(await admin.listTopics()).toContain(topic);
  });

  const { restart, stopHard } = server ?? {};
  (restart === undefined || stopHard === undefined ? it.skip : it)(
    'is there again after a kill, on the same port with what it had',
    async () => {
      await stopHard?.();
      await restart?.();
      await admin.disconnect();
      await admin.connect();
      expect(await admin.listTopics()).toContain(topic);
    },
    60_000,
  );
});
