import mongoose, { type Connection } from 'mongoose';

import { asked } from './faults.js';

export interface MongoConnectionOptions {
  readonly url: string;
  /** Name of the database; the one in the address where it is left out. */
  readonly database?: string;
  /** How long to look for a server that answers, now and whenever it is away; 3,000 where it is left out. */
  readonly selectionMs?: number;
  /** 20 where it is left out. */
  readonly poolSize?: number;
}

/**
 * A connection that finds its server again by itself. What is written is acknowledged by a majority and journalled.
 * @throws TransientError  no server answers
 */
export const openMongoConnection = ({
  url,
  database,
  selectionMs = 3_000,
  poolSize = 20,
}: MongoConnectionOptions): Promise<Connection> =>
  asked(() =>
    mongoose
      .createConnection(url, {
        ...(database === undefined ? {} : { dbName: database }),
        ...{ serverSelectionTimeoutMS: selectionMs, connectTimeoutMS: selectionMs, socketTimeoutMS: 60_000 },
        ...{
          maxPoolSize: poolSize,
          heartbeatFrequencyMS: 2_000,
          writeConcern: { w: 'majority', journal: true },
        },
        ...{ autoCreate: false, autoIndex: false, bufferCommands: false },
      })
      .asPromise(),
  );
