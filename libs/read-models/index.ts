export * from './src/read-models.js';
export { ProjectionFaultError } from './src/faults.js';
export { searchWords } from './src/search-words.js';
export { openSqliteViewStore, type SqliteViewStoreOptions } from './src/sqlite/sqlite-view-store.js';
