export * from './src/scheduling/leases-contract.js';
export * from './src/event-store/index.js';
