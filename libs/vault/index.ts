export * from './src/vault.js';
export { redact } from './src/redact/redact.js';
export { openSqliteVault } from './src/sqlite/sqlite-vault.js';
export type { SqliteVaultOptions } from './src/sqlite/sqlite-vault.js';
export { openSqliteApiKeys } from './src/sqlite/sqlite-api-keys.js';
export * from './src/records.js';
export {
  openSqliteVaultImport,
  readSqliteErasures,
  readSqliteVaultRecords,
} from './src/sqlite/vault-records.js';
