export { startEventStoreDouble, type DoubleOptions, type EventStoreDouble } from './double.js';
export type { Faults } from './faults.js';
export { findEventStore, type EventStoreServer } from './find-event-store.js';
export { spawnEventStoreDouble, type DoubleProcess } from './process.js';
export { selfSigned } from './self-signed.js';
