import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';

const schema = `
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS keys (
    key_id TEXT PRIMARY KEY, author TEXT NOT NULL UNIQUE, wrapped BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS erasures (
    number INTEGER PRIMARY KEY AUTOINCREMENT, key_id TEXT NOT NULL UNIQUE, author TEXT NOT NULL, at TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS contacts (
    contact_id TEXT PRIMARY KEY, key_id TEXT NOT NULL, details BLOB NOT NULL, changed INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS contacts_changed ON contacts (changed);
  CREATE TABLE IF NOT EXISTS lookups (
    hash BLOB NOT NULL, contact_id TEXT NOT NULL, PRIMARY KEY (hash, contact_id)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS lookups_contact ON lookups (contact_id);
  CREATE TABLE IF NOT EXISTS author_cases (
    author TEXT NOT NULL, case_number TEXT NOT NULL, PRIMARY KEY (author, case_number)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS api_keys (
    name TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, role TEXT NOT NULL, created_at TEXT NOT NULL,
    system TEXT, expires_at TEXT, rate TEXT, last_used_at TEXT, retiring_hash BLOB, retiring_until TEXT) WITHOUT ROWID;
`;

/** Columns that files of an older version lack. */
const laterColumns: readonly (readonly [table: string, column: string, type: string])[] = [
  ['api_keys', 'system', 'TEXT'],
  ['api_keys', 'expires_at', 'TEXT'],
  ['api_keys', 'rate', 'TEXT'],
  ['api_keys', 'last_used_at', 'TEXT'],
  ['api_keys', 'retiring_hash', 'BLOB'],
  ['api_keys', 'retiring_until', 'TEXT'],
];

const upgrade = (db: Database.Database): void => {
  db.exec(schema);
  for (const [table, column, type] of laterColumns) {
    const there = db.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?').get(table, column);
    if (there === undefined) db.exec(`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`);
  }
};

const required = { journal_mode: 'wal', synchronous: 2, secure_delete: 1 };

/**
 * Opens `vault.db`, made (0600) with its tables where there is none. Every commit is synced to disk; deleted
 * content is overwritten.
 * @throws Error  the file system does not grant these settings
 */
export const openVaultDatabase = (folder: string): Database.Database => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'vault.db');
  closeSync(openSync(file, 'a', 0o600));
  const db = new Database(file, { timeout: 10_000 });
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('secure_delete = ON');
    // The last resort: a commit that stops to empty the write-ahead log holds up whoever waits for an answer.
    db.pragma('wal_autocheckpoint = 20000');
    for (const [name, value] of Object.entries(required)) {
      const actual = db.pragma(name, { simple: true });
      if (actual !== value) throw new Error(`vault.db: ${name} is ${String(actual)}, not ${String(value)}`);
    }
    db.transaction(() => upgrade(db)).immediate();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

/**
 * Whether another connection has committed since the last call. Looks at most once in a turn of the event loop, but
 * for `now`; looking costs a few microseconds and keeps no lock.
 */
export const watchOtherWriters = (db: Database.Database): ((now?: 'now') => boolean) => {
  const version = db.prepare<[], number>('PRAGMA data_version').pluck();
  let seen = version.get();
  let looked = false;
  const nextTurn = (): void => {
    looked = false;
  };
  return (now) => {
    if (looked && now === undefined) return false;
    if (!looked) setImmediate(nextTurn).unref();
    looked = true;
    const found = version.get();
    if (found === seen) return false;
    seen = found;
    return true;
  };
};
