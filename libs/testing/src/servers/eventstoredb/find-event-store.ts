import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A real server of EventStoreDB to test against. */
export interface EventStoreServer {
  /** `given`: somebody else's, by its address. `container`: Docker's image, in memory, thrown away. */
  readonly kind: 'given' | 'container';
  /** As EVENTSTORE_URL. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const images = ['eventstore/eventstore', 'ghcr.io/eventstore/eventstore', 'docker.eventstore.com/eventstore'];

/** An image that Docker has here already; null where it has none, or does not run. */
const localImage = async (): Promise<string | null> => {
  for (const image of images) {
    try {
      const { stdout } = await run(
        'docker',
        ['images', '--format', '{{.Repository}}:{{.Tag}}', '--filter', `reference=${image}`],
        { timeout: 5_000 },
      );
      const found = stdout.split('\n').find((line) => line !== '' && !line.endsWith(':<none>'));
      if (found !== undefined) return found;
    } catch {
      return null;
    }
  }
  return null;
};

const startContainer = async (image: string): Promise<EventStoreServer> => {
  // Large, and needed by few of those who import this.
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer(image)
    .withEnvironment({
      EVENTSTORE_INSECURE: 'true',
      EVENTSTORE_MEM_DB: 'true',
      EVENTSTORE_CLUSTER_SIZE: '1',
      EVENTSTORE_RUN_PROJECTIONS: 'None',
    })
    .withExposedPorts(2113)
    .withWaitStrategy(Wait.forHttp('/health/live', 2113).forStatusCodeMatching((code) => code < 300))
    .start();
  return {
    kind: 'container',
    url: `esdb://${container.getHost()}:${container.getMappedPort(2113)}?tls=false`,
    stop: async () => {
      await container.stop();
    },
  };
};

/**
 * A real EventStoreDB for tests: that of TEST_EVENTSTORE_URL (`esdb://…`), else a container where Docker has an image
 * of it already. Null where none can be had; it says so, and why, on stdout. Skip the suite then: what the protocol
 * double proves is counted by itself (`startEventStoreDouble`).
 */
export const findEventStore = async (): Promise<EventStoreServer | null> => {
  const given = process.env['TEST_EVENTSTORE_URL'] ?? '';
  if (given !== '') return { kind: 'given', url: given, stop: async () => undefined };
  const image = await localImage();
  if (image !== null) return startContainer(image);
  process.stdout.write(
    'SKIPPED: no real EventStoreDB to test against. TEST_EVENTSTORE_URL is not set, and Docker has no image of ' +
      'eventstore/eventstore; the protocol double is tested without it\n',
  );
  return null;
};
