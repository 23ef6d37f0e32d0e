import { afterAll, describe } from '@jest/globals';

import { describeMessagingContract, findKafka } from '@city311/testing';

import { kafkaMessagingFixture } from './kafka-messaging.fixture.spec-support.js';

const server = await findKafka();

(server === null ? describe.skip : describe)('On a real broker', () => {
  afterAll(() => server?.stop());

  describeMessagingContract('Kafka', () => kafkaMessagingFixture(server?.brokers ?? []));
});
