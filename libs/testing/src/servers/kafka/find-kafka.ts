import { localKafkaImage, startKafkaContainer } from './container-broker.js';
import { startJavaBroker } from './java-broker.js';
import type { KafkaServer } from './kafka-server.js';

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

/**
 * A broker for tests: that of TEST_KAFKA_BROKERS (`host:port,host:port`), else a container where Docker has an image
 * of apache/kafka already, else one started from its jars under Java 17 or newer.
 * Null where none can be had; it says so, and why, on stdout. Skip the suite then.
 */
export const findKafka = async (): Promise<KafkaServer | null> => {
  const given = (process.env['TEST_KAFKA_BROKERS'] ?? '').split(',').filter((broker) => broker !== '');
  if (given.length > 0) return { kind: 'given', brokers: given, stop: async () => undefined };
  const image = await localKafkaImage();
  if (image !== null) return startKafkaContainer(image);
  try {
    return await startJavaBroker();
  } catch (error) {
    process.stdout.write(
      'SKIPPED: no Kafka to test against. TEST_KAFKA_BROKERS is not set, Docker has no image of apache/kafka, ' +
        `and starting it under Java (which needs java 17, and mvn the first time) failed: ${firstLine(error)}\n`,
    );
    return null;
  }
};
