import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { MongoServer } from './mongo-server.js';

/** A real server, where this machine's Docker already has an image of it; null elsewhere. Nothing is pulled. */
export const startMongoContainer = async (): Promise<MongoServer | null> => {
  const image = await localImage();
  if (image === null) return null;
  const { GenericContainer } = await import('testcontainers');
  const container = await new GenericContainer(image).withExposedPorts(27_017).start();
  const url = (): string =>
    `mongodb://${container.getHost()}:${container.getMappedPort(27_017)}/?directConnection=true`;
  return {
    url: url(),
    kind: 'container',
    stop: async () => {
      await container.stop();
    },
    outage: null,
  };
};

const localImage = async (): Promise<string | null> => {
  const asked = ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', 'mongo'];
  try {
    const { stdout } = await promisify(execFile)('docker', asked);
    return stdout.split('\n').find((line) => line !== '' && !line.endsWith('<none>')) ?? null;
  } catch {
    return null;
  }
};
