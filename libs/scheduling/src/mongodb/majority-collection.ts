import type { Connection, mongo } from 'mongoose';

import { askMongo } from './mongo-fault.js';

/** How long a write waits for its majority before it counts as failed (and may yet be there), milliseconds. */
const majorityWithinMs = 10_000;

/**
 * A collection for what must not be lost: a write is in the journals of a majority before it is answered, and reads
 * see only such writes, from the primary. On a server without replicas the majority is that server.
 * @throws TransientError  the server cannot be reached
 */
export const majorityCollection = async <Doc extends mongo.Document>(
  connection: Connection,
  name: string,
): Promise<mongo.Collection<Doc>> => {
  await askMongo('MongoDB cannot be reached', () => connection.asPromise());
  return connection
    .getClient()
    .db(connection.name)
    .collection<Doc>(name, {
      writeConcern: { w: 'majority', journal: true, wtimeoutMS: majorityWithinMs },
      readConcern: { level: 'majority' },
      readPreference: 'primary',
      promoteBuffers: true,
    });
};
