/** Kafka and what feeds it: an entry of its own, so that who runs without brokers does not load their client. */
export * from './src/kafka/binding.js';
export * from './src/kafka/kafka-messaging.js';
export type { KafkaTopic } from './src/kafka/consume/incoming.js';
export { defaultTiming, type Timing } from './src/kafka/consume/timing.js';
export * from './src/kafka/connect/kafka-connection.js';
export * from './src/kafka/connect/kafka-settings.js';
export * from './src/kafka/connect/broker-fault.js';
export * from './src/kafka/topics/topic-list.js';
export * from './src/kafka/topics/ensure-topics.js';
export * from './src/kafka/relay-checkpoints.js';
export * from './src/kafka/sqlite-relay-checkpoints.js';
export * from './src/mongodb/mongo-relay-checkpoints.js';
export * from './src/kafka/relay/relay.js';
