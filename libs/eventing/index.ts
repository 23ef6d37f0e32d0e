export * from './src/errors.js';
export * from './src/event-store.js';
export * from './src/handle.js';
export { openSqliteEventStore, type SqliteEventStoreOptions } from './src/sqlite/sqlite-event-store.js';
export * from './src/command-handler.js';
export * from './src/event-codec.js';
export { newEventId } from './src/event-id.js';
