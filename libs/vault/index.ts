export * from './src/vault.js';
