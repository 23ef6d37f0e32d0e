import type { EventStoreDb, EventStoreDbOptions } from './event-store-db.js';

export { EventStoreAccessError } from './access-error.js';
export type { ConnectionStatus } from './connection.js';
export type { EventStoreDb, EventStoreDbOptions } from './event-store-db.js';

/**
 * Opens the log on a server of EventStoreDB, 22.10 or newer. Once open it reconnects for ever: appends and reads wait
 * for their time-outs, followers go on where they were.
 * @throws EventStoreAccessError  not let in
 * @throws TransientError         no server there in time: says what to check
 * @throws Error                  a bad connection string
 */
export const openEventStoreDb = async (options: EventStoreDbOptions): Promise<EventStoreDb> => {
  // gRPC and the protocol take half a second and much memory to load: only where they are wanted
  const { connectEventStoreDb } = await import('./event-store-db.js');
  return connectEventStoreDb(options);
};
