export * from './src/errors.js';
export * from './src/event-store.js';
export * from './src/handle.js';
