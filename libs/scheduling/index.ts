export * from './src/clock.js';
export * from './src/leases.js';
export * from './src/holder.js';
export * from './src/sqlite-leases.js';
export * from './src/timers.js';
export * from './src/timer-runner.js';
export * from './src/mongodb/mongo-leases.js';
export { askMongo, isDuplicateKey, mongoFault } from './src/mongodb/mongo-fault.js';
export { majorityCollection } from './src/mongodb/majority-collection.js';
