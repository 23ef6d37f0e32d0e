export * from './src/read-models.js';
