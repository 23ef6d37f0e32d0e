export { openEventStoreDb, type EventStoreDb, type EventStoreDbOptions } from './event-store-db.js';
export type { ConnectionStatus } from './connection.js';
export { EventStoreAccessError } from './failures.js';
