import { afterAll, describe, expect, it } from '@jest/globals';

import { findKafka } from '@city311/testing';

import { openKafka } from '../connect/kafka-connection.js';
import { ensureTopics } from './ensure-topics.js';
import { declareTopics, keptForEver, type DeclaredTopic } from './topic-list.js';

const server = await findKafka();

(server === null ? describe.skip : describe)('Declared topics', () => {
  const kafka = openKafka({ settings: { brokers: server?.brokers ?? [], clientId: 'spec' } });
  const ensure = (topics: readonly DeclaredTopic[]): Promise<void> =>
    kafka.administer((admin) => ensureTopics(admin, topics));
  const unique = `spec.${Date.now()}`;
  const topic = (name: string, partitions = 3): DeclaredTopic => ({
    name: `${unique}.${name}`,
    partitions,
    replication: 1,
  });

  afterAll(async () => {
    await kafka.close();
    await server?.stop();
  });

  it('are made, and are there the next time', async () => {
    const declared = [topic('cases'), topic('calls', 1)];
    await ensure(declared);
    await ensure(declared);
    const { topics } = await kafka.administer((admin) =>
      admin.fetchTopicMetadata({ topics: declared.map(({ name }) => name) }),
    );
    expect(new Map(topics.map(({ name, partitions }) => [name, partitions.length]))).toEqual(
      new Map([
        [declared[0]?.name, 3],
        [declared[1]?.name, 1],
      ]),
    );
  });

  it('may be made by several processes at once', async () => {
    const declared = Array.from({ length: 8 }, (_, n) => topic(`raced-${n}`));
    await Promise.all(Array.from({ length: 4 }, () => ensure(declared)));
    await ensure(declared);
  });

  it('may have more partitions than declared', async () => {
    await ensure([topic('many', 5)]);
    await ensure([topic('many', 3)]);
  });

  it('are refused with every deviation, and left as they are', async () => {
    const compacted = topic('compacted', 2);
    const bounded = topic('bounded', 4);
    await kafka.administer((admin) =>
      admin.createTopics({
        topics: [
          {
            topic: compacted.name,
            numPartitions: 1,
            configEntries: [
              { name: 'cleanup.policy', value: 'compact' },
              { name: 'retention.ms', value: '-1' },
            ],
          },
          { topic: bounded.name, numPartitions: 4 },
        ],
      }),
    );
    const refusal = await ensure([topic('cases'), compacted, bounded]).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      name: 'TopicsDeviateError',
      deviations: [
        expect.stringContaining(`${compacted.name} has 1 partitions, declared are 2`),
        expect.stringContaining(`${compacted.name} has cleanup.policy=compact`),
        expect.stringContaining(`${bounded.name} has retention.ms=604800000`),
      ],
    });
  });

  it('name more replicas than there are brokers: the broker says so', async () => {
    await expect(ensure([{ ...topic('replicated'), replication: 3 }])).rejects.toThrow(
      /cannot be made: .*replicated: replication-factor/i,
    );
  });
});

describe('The list of topics', () => {
  const sizes = { partitions: 12, replication: 3 };

  it('has a place for the parked messages of every group', () => {
    const groups = [{ topic: 'city311.intake.case.v1', group: 'city311.routing.on-case' }];
    expect(declareTopics(['city311.intake.case.v1'], groups, sizes)).toEqual([
      { name: 'city311.intake.case.v1', ...sizes },
      { name: 'city311.intake.case.v1.parked.routing.on-case', ...sizes },
    ]);
    expect(Object.keys(keptForEver)).toContain('retention.ms');
  });

  it('is refused where two groups would park in one place', () => {
    const groups = ['city311.routing.on-case', 'other.routing.on-case'].map((group) => ({
      topic: 'city311.intake.case.v1',
      group,
    }));
    expect(() => declareTopics([], groups, sizes)).toThrow(RangeError);
  });
});
