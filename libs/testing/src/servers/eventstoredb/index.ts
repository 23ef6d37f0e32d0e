import type { DoubleOptions, EventStoreDouble } from './double.js';

export type { DoubleOptions, EventStoreDouble } from './double.js';
export type { Faults } from './faults.js';
export { findEventStore, type EventStoreServer } from './find-event-store.js';
export { spawnEventStoreDouble, type DoubleProcess } from './process.js';
export { selfSigned } from './self-signed.js';

/** The protocol double in this process; see `double.ts` for what it promises. */
export const startEventStoreDouble = async (options: DoubleOptions): Promise<EventStoreDouble> => {
  // gRPC is large, and needed by few of those who import this
  const double = await import('./double.js');
  return double.startEventStoreDouble(options);
};
