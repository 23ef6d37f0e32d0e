export * from './src/messaging.js';
export * from './src/consumer-groups.js';
export * from './src/retry.js';
export * from './src/log/consumer-state.js';
export * from './src/log/sqlite-consumer-state.js';
export * from './src/log/log-messaging.js';
export * from './src/nest/consume.decorators.js';
export * from './src/nest/topics-transport.js';
