import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { freePorts } from './free-ports.js';
import type { KafkaServer } from './kafka-server.js';

const run = promisify(execFile);

/** An image of apache/kafka that Docker has here already; null where it has none, or does not run. */
export const localKafkaImage = async (): Promise<string | null> => {
  try {
    const { stdout } = await run(
      'docker',
      ['images', '--format', '{{.Repository}}:{{.Tag}}', '--filter', 'reference=apache/kafka'],
      { timeout: 5_000 },
    );
    return stdout.split('\n').find((image) => image !== '' && !image.endsWith(':<none>')) ?? null;
  } catch {
    return null;
  }
};

/** The port is the same on the host and in the container, because the broker tells it to its clients. */
const environment = (port: number): Record<string, string> => ({
  KAFKA_NODE_ID: '1',
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_LISTENERS: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://127.0.0.1:9093`,
  KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '1@127.0.0.1:9093',
  KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
  KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '500',
});

export const startKafkaContainer = async (image: string): Promise<KafkaServer> => {
  // Large, and needed by few of those who import this.
  const { GenericContainer, Wait } = await import('testcontainers');
  const [port = 0] = await freePorts(1);
  const container = await new GenericContainer(image)
    .withEnvironment(environment(port))
    .withExposedPorts({ container: port, host: port })
    .withWaitStrategy(Wait.forLogMessage('Kafka Server started'))
    .start();
  return {
    kind: 'container',
    brokers: [`127.0.0.1:${port}`],
    stopHard: async () => {
      await run('docker', ['kill', container.getId()]);
    },
    restart: () => container.restart({ timeout: 0 }),
    stop: async () => {
      await container.stop();
    },
  };
};
