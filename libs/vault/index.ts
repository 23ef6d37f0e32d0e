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
export { openMongoVault } from './src/mongodb/mongo-vault.js';
export type { MongoVault, MongoVaultOptions } from './src/mongodb/mongo-vault.js';
export { openMongoApiKeys } from './src/mongodb/mongo-api-keys.js';
export { readMasterKey } from './src/mongodb/read-master-key.js';
export { copySqliteVault } from './src/mongodb/copy-sqlite-vault.js';
export type { CopiedVault, CopySqliteVaultOptions } from './src/mongodb/copy-sqlite-vault.js';
