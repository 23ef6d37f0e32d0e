export * from './src/brand.js';
export * from './src/decider.js';
export * from './src/envelope.js';
export * from './src/streams.js';
export * from './src/vocabulary.js';
export * from './src/errors.js';
export * from './src/positions.js';
