export * from './src/leases.js';
