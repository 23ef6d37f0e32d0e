export { startEventStoreDouble, type DoubleOptions, type EventStoreDouble } from './double.js';
export type { Faults } from './faults.js';
