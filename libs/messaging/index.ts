export * from './src/messaging.js';
