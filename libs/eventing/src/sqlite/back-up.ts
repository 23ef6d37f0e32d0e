import { chmodSync, closeSync, fsyncSync, openSync } from 'node:fs';

import Database from 'better-sqlite3';

import { changeMarks } from './file-marks.js';

const pagesAtOnce = 2_000;

/**
 * Copies a SQLite file as it stands at one instant, while other connections and processes go on reading and writing
 * it. The copy is one file (no write-ahead log beside it), readable by its owner only, checked and synced to disk.
 * It bears the mark `copy`: nobody starts on it as it is.
 * It never ends in a writer's lease: whoever opens a copied log must not send appends to the writer of the original.
 * @throws Error  the file cannot be read, there is no room, or the copy is damaged
 */
export const backUpSqliteFile = async (file: string, copy: string): Promise<void> => {
  closeSync(openSync(copy, 'wx', 0o600));
  const source = new Database(file, { readonly: true, timeout: 10_000 });
  try {
    // A read transaction of its own: without it every commit of another connection would start the copy anew.
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_schema').get();
    await source.backup(copy, { progress: () => pagesAtOnce });
    source.exec('COMMIT');
  } finally {
    source.close();
  }
  chmodSync(copy, 0o600);
  sealCopy(copy);
};

const sealCopy = (copy: string): void => {
  const db = new Database(copy, { timeout: 10_000 });
  try {
    db.pragma('journal_mode = DELETE');
    db.pragma('synchronous = FULL');
    const hasLease =
      db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'writer_lease'").get() !== undefined;
    if (hasLease) db.exec('DELETE FROM writer_lease');
    changeMarks(db, (marks) => ({ ...marks, copy: 'yes' }));
    checkSqlite(db, copy);
  } finally {
    db.close();
  }
  const handle = openSync(copy, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

const checkSqlite = (db: Database.Database, file: string): void => {
  const found = db.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw new Error(`${file} is damaged: ${String(found)}`);
};

/** @throws Error  SQLite finds the file damaged, or it is no SQLite file */
export const checkSqliteFile = (file: string): void => {
  const db = new Database(file, { readonly: true, timeout: 10_000 });
  try {
    checkSqlite(db, file);
  } finally {
    db.close();
  }
};
