import { existsSync } from 'node:fs';

import Database from 'better-sqlite3';

/** What a SQLite file says of the folder that it belongs to: short texts by name. */
export type FileMarks = Readonly<Record<string, string>>;

const table =
  'CREATE TABLE IF NOT EXISTS folder_marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID';

const marksIn = (db: Database.Database): FileMarks => {
  const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'folder_marks'").get() !== undefined;
  if (!isThere) return {};
  const rows = db
    .prepare<[], { readonly name: string; readonly value: string }>('SELECT name, value FROM folder_marks')
    .all();
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
};

/** Marks of a file, read by a connection that changes nothing; null where there is no such file. */
export const readFileMarks = (file: string): FileMarks | null => {
  if (!existsSync(file)) return null;
  const db = new Database(file, { readonly: true, timeout: 10_000 });
  try {
    return marksIn(db);
  } finally {
    db.close();
  }
};

/** As `changeFileMarks`, on an open file. */
export const changeMarks = (db: Database.Database, change: (marks: FileMarks) => FileMarks | null): void => {
  db.transaction(() => {
    const wanted = change(marksIn(db));
    if (wanted === null) return;
    db.exec(table);
    db.exec('DELETE FROM folder_marks');
    const put = db.prepare<[string, string]>('INSERT INTO folder_marks VALUES (?, ?)');
    for (const [name, value] of Object.entries(wanted)) put.run(name, value);
  }).immediate();
};

/**
 * Puts other marks into a file that is there, on disk when this returns, in one transaction that keeps every other
 * writer of the file out: `change` gets the marks of now and may look at other files meanwhile. Null leaves them.
 * @throws Error  there is no such file, no room, or somebody writes to it for longer than ten seconds
 */
export const changeFileMarks = (file: string, change: (marks: FileMarks) => FileMarks | null): void => {
  const db = new Database(file, { fileMustExist: true, timeout: 10_000 });
  try {
    db.pragma('synchronous = FULL');
    changeMarks(db, change);
  } finally {
    db.close();
  }
};
