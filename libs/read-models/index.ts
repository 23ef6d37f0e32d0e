export * from './src/read-models.js';
export { ProjectionFaultError } from './src/faults.js';
export { searchWords } from './src/search-words.js';
export { openSqliteViewStore, type SqliteViewStoreOptions } from './src/sqlite/sqlite-view-store.js';
export { readSqliteViewsReach } from './src/sqlite/views-reach.js';
export { runView } from './src/run-view.js';
export type { ViewRunner, ViewRunnerOptions, ViewStatus } from './src/view-runner.js';
export { takeBatch, type BatchRules } from './src/take-batch.js';
