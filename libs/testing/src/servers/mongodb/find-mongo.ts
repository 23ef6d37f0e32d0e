import { startMongoContainer } from './container-server.js';
import { startJavaMongo, type JavaMongoOptions } from './java-server.js';
import type { MongoServer } from './mongo-server.js';

/**
 * The first of: the server at TEST_MONGODB_URL, a container where Docker has the image, the stand-in under Java.
 * Null where none can be had; the reason goes to standard output.
 */
export const findMongo = async (options: JavaMongoOptions = {}): Promise<MongoServer | null> => {
  const given = process.env['TEST_MONGODB_URL'];
  if (given !== undefined && given !== '')
    return { url: given, kind: 'given', stop: () => Promise.resolve(), outage: null };
  const container = await startMongoContainer();
  if (container !== null) return container;
  try {
    return await startJavaMongo(options);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    process.stdout.write(
      `No MongoDB server: TEST_MONGODB_URL is not set, Docker has no mongo image, and the stand-in did not start: ${reason}\n`,
    );
    return null;
  }
};
