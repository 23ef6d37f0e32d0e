export * from './src/scheduling/leases-contract.js';
export * from './src/event-store/index.js';
export * from './src/read-models/view-store.contract.js';
export * from './src/read-models/sample-view.js';
export * from './src/vault/index.js';
export * from './src/messaging/index.js';
export * from './src/media/index.js';
export * from './src/servers/kafka/index.js';
