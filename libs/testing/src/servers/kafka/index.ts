export { findKafka } from './find-kafka.js';
export { startJavaBroker, type JavaBroker, type JavaBrokerOptions } from './java-broker.js';
export { kafkaVersion, type KafkaServer } from './kafka-server.js';
export { startSecureKafka, type SecureKafka } from './secure-kafka.js';
