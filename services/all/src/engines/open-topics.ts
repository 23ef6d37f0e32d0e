import type { EventStore } from '@city311/eventing';
import {
  createLogMessaging,
  openSqliteConsumerState,
  type Messaging,
  type TopicReader,
} from '@city311/messaging';
import type { Relay } from '@city311/messaging/kafka';
import type { Logger } from '@city311/platform';

import type { Config } from '../config.js';
import { topicSources } from '../topic-sources.js';
import type { OpenedRecords } from './open-records.js';

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

/** Kafka where KAFKA_BROKERS names brokers, else the log itself. @throws Error  brokers refuse the settings */
export const openTopics = async (
  config: Config,
  logger: Logger,
  store: EventStore,
  records: OpenedRecords,
  isBackground: boolean,
): Promise<OpenedTopics> => {
  const { KAFKA_BROKERS: brokers } = config;
  if (brokers === undefined) return overTheLog(config, logger, store);
  const { openTopicsOnKafka } = await import('./topics-on-kafka.js');
  return openTopicsOnKafka(config, brokers, logger, store, records, isBackground);
};
