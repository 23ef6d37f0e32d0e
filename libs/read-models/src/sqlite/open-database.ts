import Database from 'better-sqlite3';

export interface SqliteLimits {
  /** Page cache of this connection. */
  readonly cacheMegabytes: number;
  /** Part of the file that is read through the page cache of the operating system. */
  readonly mmapMegabytes: number;
}

/**
 * Opens or creates the file. `synchronous=NORMAL` (set on every open: the driver reopens a WAL file with its own
 * default) may lose the newest batches on a power cut, together with their checkpoint, so that they are applied again.
 */
export const openDatabase = (path: string, limits: SqliteLimits): Database.Database => {
  const database = new Database(path);
  database.pragma('busy_timeout = 5000');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('temp_store = MEMORY');
  database.pragma(`cache_size = -${limits.cacheMegabytes * 1024}`);
  database.pragma(`mmap_size = ${limits.mmapMegabytes * 1024 * 1024}`);
  database.pragma('analysis_limit = 1000');
  database.pragma('wal_autocheckpoint = 4000');
  database.pragma('journal_size_limit = 67108864');
  return database;
};
