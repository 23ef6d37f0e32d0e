import { setTimeout as sleep } from 'node:timers/promises';

import kafkajs, { type Admin, type ITopicMetadata } from 'kafkajs';

import { keptForEver, type DeclaredTopic } from './topic-list.js';

/** The broker's topics are not as declared; every deviation, and what follows from it. Nothing was changed. */
export class TopicsDeviateError extends Error {
  override readonly name = 'TopicsDeviateError';
  constructor(readonly deviations: readonly string[]) {
    super(`topics are not as declared: ${deviations.join('; ')}`);
  }
}

/** One topic that the broker did not make. */
interface CreationFault {
  readonly topic: string;
  readonly type: string;
  readonly message: string;
}

/** What the broker says about single topics; null where the error is another. */
const creationFaults = (error: unknown): readonly CreationFault[] | null =>
  error instanceof kafkajs.KafkaJSAggregateError
    ? error.errors.map((one: unknown) =>
        one instanceof kafkajs.KafkaJSProtocolError
          ? { topic: 'topic' in one ? String(one.topic) : '', type: one.type, message: one.message }
          : { topic: 'a topic', type: 'unknown', message: String(one) },
      )
    : null;

const create = async (admin: Admin, missing: readonly DeclaredTopic[]): Promise<void> => {
  if (missing.length === 0) return;
  try {
    await admin.createTopics({
      // The client's own wait gives up where a broker has not heard of the topic yet; see metadataOf.
      waitForLeaders: false,
      topics: missing.map(({ name, partitions, replication }) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor: replication,
        configEntries: Object.entries(keptForEver).map(([entry, value]) => ({ name: entry, value })),
      })),
    });
  } catch (error) {
    const faults = creationFaults(error);
    if (faults === null) throw error;
    // Another process made it meanwhile: it is checked like any other.
    const real = faults.filter(({ type }) => type !== 'TOPIC_ALREADY_EXISTS');
    if (real.length === 0) return;
    const said = real.map(({ topic, message }) => `${topic}: ${message}`).join('; ');
    throw new Error(`topics cannot be made: ${said}`, { cause: error });
  }
};

const shapeDeviations = (declared: DeclaredTopic, { partitions }: ITopicMetadata): readonly string[] => {
  const { name } = declared;
  const found: string[] = [];
  if (partitions.length < declared.partitions)
    found.push(
      `${name} has ${partitions.length} partitions, declared are ${declared.partitions} (adding some moves keys: stop the relay, drain consumers, then add)`,
    );
  const fewest = Math.min(...partitions.map(({ replicas }) => replicas.length));
  if (fewest < declared.replication)
    found.push(`${name} has ${fewest} replicas, declared are ${declared.replication}`);
  return found;
};

const configDeviations = (name: string, configs: ReadonlyMap<string, string>): readonly string[] => {
  const found: string[] = [];
  const policy = configs.get('cleanup.policy');
  if (policy !== undefined && policy !== 'delete')
    found.push(`${name} has cleanup.policy=${policy}: compaction drops all but the newest event of a case`);
  for (const limit of ['retention.ms', 'retention.bytes']) {
    const value = configs.get(limit);
    if (value !== undefined && value !== '-1')
      found.push(
        `${name} has ${limit}=${value}: events are dropped, and a new consumer would never see them`,
      );
  }
  return found;
};

const existing = async (admin: Admin): Promise<ReadonlySet<string>> => new Set(await admin.listTopics());

const configsOf = async (
  admin: Admin,
  names: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> => {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name,
      configNames: Object.keys(keptForEver),
    })),
  });
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
};

const notThereYet: ReadonlySet<string> = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']);

/** Metadata of topics that were made a moment ago may be missing from a broker for as long, or have no leader yet. */
const metadataOf = async (admin: Admin, names: readonly string[]): Promise<readonly ITopicMetadata[]> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return (await admin.fetchTopicMetadata({ topics: [...names] })).topics;
    } catch (error) {
      const fresh = error instanceof kafkajs.KafkaJSProtocolError && notThereYet.has(error.type);
      if (!fresh || tries === 50) throw error;
      await sleep(100);
    }
  }
};

/**
 * Makes the declared topics that are missing and checks all of them. More partitions or replicas than declared are
 * somebody's choice and pass. Safe when several processes do it at once.
 * @throws TopicsDeviateError  naming every deviation
 */
export const ensureTopics = async (admin: Admin, declared: readonly DeclaredTopic[]): Promise<void> => {
  if (declared.length === 0) return;
  const there = await existing(admin);
  await create(
    admin,
    declared.filter(({ name }) => !there.has(name)),
  );
  const names = declared.map(({ name }) => name);
  const metadata = new Map((await metadataOf(admin, names)).map((topic) => [topic.name, topic]));
  const configs = await configsOf(admin, names);
  const deviations = declared.flatMap((topic) => {
    const found = metadata.get(topic.name);
    return [
      ...(found === undefined ? [`${topic.name} is missing`] : shapeDeviations(topic, found)),
      ...configDeviations(topic.name, configs.get(topic.name) ?? new Map()),
    ];
  });
  if (deviations.length > 0) throw new TopicsDeviateError(deviations);
};
