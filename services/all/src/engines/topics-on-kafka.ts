import type { EventStore } from '@city311/eventing';
import {
  createKafkaMessaging,
  createRelay,
  declareTopics,
  ensureTopics,
  openKafka,
  type KafkaConnection,
  type KafkaSettings,
} from '@city311/messaging/kafka';
import type { Logger } from '@city311/platform';

import type { Config } from '../config.js';
import { consumerGroups, topicSources } from '../topic-sources.js';
import type { OpenedRecords } from './open-records.js';
import type { OpenedTopics } from './open-topics.js';
import { passingFaults } from './passing-faults.js';
import { stampArrivals } from './stamp-arrivals.js';

export const kafkaSettings = (config: Config, brokers: readonly string[]): KafkaSettings => {
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

/** @throws BrokerFault | KafkaSettingsError | TopicsDeviateError  brokers refuse the settings, or topics are not as declared */
export const openTopicsOnKafka = async (
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
    const overBrokers = createKafkaMessaging({ kafka: kafka.client(), topics: topicSources, logger });
    const messaging = { ...overBrokers, reader: passingFaults(overBrokers.reader) };
    const isRelay = isBackground && (config.TARGET === 'relay' || config.TARGET === 'all');
    const checkpoints = isRelay ? await records.relayCheckpoints() : null;
    const relays = topicSources.flatMap((source) =>
      checkpoints === null
        ? []
        : [
            createRelay({
              store,
              source,
              kafka,
              leases: records.leases,
              checkpoints,
              logger,
              lingerMs: config.KAFKA_LINGER_MS,
            }),
          ],
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
