import type { EventStore } from '@city311/eventing';
import {
  createKafkaMessaging,
  createLogMessaging,
  createRelay,
  declareTopics,
  ensureTopics,
  openKafka,
  openSqliteConsumerState,
  type KafkaConnection,
  type KafkaSettings,
  type Messaging,
  type Relay,
  type TopicReader,
} from '@city311/messaging';
import type { Logger } from '@city311/platform';

import type { Config } from '../config.js';
import { consumerGroups, topicSources } from '../topic-sources.js';
import type { OpenedRecords } from './open-records.js';
import { stampArrivals } from './stamp-arrivals.js';

/** Topics and what brings events into them. */
export interface OpenedTopics {
  readonly messaging: Messaging;
  /** For views: every event says where it lies in an order that can be followed. */
  readonly reader: TopicReader;
  /** Running in this process, each active in one process at a time; none where the log itself is the topics. */
  readonly relays: readonly Relay[];
  /** Why topics cannot be used at the moment; null where they can. */
  trouble(): Promise<string | null>;
  close(): Promise<void>;
}

const overTheLog = ({ DATA_DIR: folder }: Config, logger: Logger, store: EventStore): OpenedTopics => {
  const state = openSqliteConsumerState({ folder });
  const messaging = createLogMessaging({ store, sources: topicSources, state, logger });
  return {
    messaging,
    reader: messaging.reader,
    relays: [],
    trouble: () => Promise.resolve(null),
    close: async () => {
      await messaging.close();
      state.close();
    },
  };
};

const kafkaSettings = (config: Config, brokers: readonly string[]): KafkaSettings => {
  const { KAFKA_TLS_CA_FILE: caFile, KAFKA_TLS_CERT_FILE: certFile, KAFKA_TLS_KEY_FILE: keyFile } = config;
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username } = config;
  const { KAFKA_SASL_PASSWORD: password } = config;
  const tls = {
    ...(caFile === undefined ? {} : { caFile }),
    ...(certFile === undefined ? {} : { certFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
  };
  return {
    brokers,
    clientId: `city311-${config.TARGET}`,
    ...(config.KAFKA_TLS || Object.keys(tls).length > 0 ? { tls } : {}),
    ...(mechanism === undefined || username === undefined || password === undefined
      ? {}
      : { sasl: { mechanism, username, password } }),
  };
};

const makeTopics = async (kafka: KafkaConnection, config: Config): Promise<void> => {
  const sizes = { partitions: config.KAFKA_PARTITIONS, replication: config.KAFKA_REPLICATION };
  const declared = declareTopics(
    topicSources.map(({ topic }) => topic),
    consumerGroups,
    sizes,
  );
  await kafka.administer((admin) => ensureTopics(admin, declared));
};

const overKafka = async (
  config: Config,
  brokers: readonly string[],
  logger: Logger,
  store: EventStore,
  records: OpenedRecords,
  isBackground: boolean,
): Promise<OpenedTopics> => {
  const kafka = openKafka({ settings: kafkaSettings(config, brokers), logger });
  try {
    await kafka.untilReachable();
    if (isBackground) await makeTopics(kafka, config);
    const messaging = createKafkaMessaging({ kafka: kafka.client(), topics: topicSources, logger });
    const isRelay = isBackground && (config.TARGET === 'relay' || config.TARGET === 'all');
    const checkpoints = isRelay ? await records.relayCheckpoints() : null;
    const relays = topicSources.flatMap((source) =>
      checkpoints === null
        ? []
        : [createRelay({ store, source, kafka, leases: records.leases, checkpoints, logger })],
    );
    for (const relay of relays) relay.start();
    return {
      messaging,
      reader: stampArrivals(messaging.reader),
      relays,
      trouble: async () => {
        const health = await kafka.health();
        return health.ok ? null : health.why;
      },
      close: async () => {
        await messaging.close();
        await Promise.all(relays.map((relay) => relay.stop()));
        await kafka.close();
      },
    };
  } catch (error) {
    await kafka.close();
    throw error;
  }
};

/**
 * Kafka where KAFKA_BROKERS names brokers, else the log itself.
 * @throws BrokerFault | KafkaSettingsError | TopicsDeviateError  brokers refuse the settings, or topics are not as declared
 */
export const openTopics = (
  config: Config,
  logger: Logger,
  store: EventStore,
  records: OpenedRecords,
  isBackground: boolean,
): Promise<OpenedTopics> =>
  config.KAFKA_BROKERS === undefined
    ? Promise.resolve(overTheLog(config, logger, store))
    : overKafka(config, config.KAFKA_BROKERS, logger, store, records, isBackground);
