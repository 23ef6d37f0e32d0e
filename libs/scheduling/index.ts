export * from './src/clock.js';
export * from './src/leases.js';
export * from './src/holder.js';
export * from './src/sqlite-leases.js';
export * from './src/timers.js';
export * from './src/timer-runner.js';
