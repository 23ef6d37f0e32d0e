import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

import Database from 'better-sqlite3';

const headBytes = 100;

/** Not by `instanceof`: under a test runner errors come from another realm. */
const isDamage = (error: unknown): error is { readonly message: string } =>
  typeof error === 'object' &&
  error !== null &&
  'message' in error &&
  'code' in error &&
  /^SQLITE_(NOTADB|CORRUPT)/.test(String(error.code));

/** Bytes that the head of the file says it has; null where it says nothing. */
const saidBytes = (file: string): number | null => {
  const head = Buffer.alloc(headBytes);
  const handle = openSync(file, 'r');
  try {
    if (readSync(handle, head, 0, headBytes, 0) < headBytes) return null;
  } finally {
    closeSync(handle);
  }
  const pageBytes = head.readUInt16BE(16) === 1 ? 65_536 : head.readUInt16BE(16);
  // Pages are counted there only by whoever wrote the file last.
  return head.readUInt32BE(24) === head.readUInt32BE(92) ? pageBytes * head.readUInt32BE(28) : null;
};

/**
 * Why a SQLite file is none, or has lost its end, as far as its first pages tell: nothing is read whole, nothing
 * changed. Null where nothing is found, or there is no such file. A file in use is never taken for cut short.
 * @throws Error  the file cannot be opened
 */
export const readFileDamage = (file: string): string | null => {
  if (!existsSync(file)) return null;
  // Beside a file that somebody has open, or was killed over, lies the write-ahead log: its pages may be there.
  if (!existsSync(`${file}-wal`)) {
    const said = saidBytes(file);
    const { size } = statSync(file);
    if (said !== null && size < said && !existsSync(`${file}-wal`)) return `${said - size} bytes are missing`;
  }
  const db = new Database(file, { readonly: true, timeout: 10_000 });
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return null;
  } catch (error) {
    if (isDamage(error)) return error.message;
    throw error;
  } finally {
    db.close();
  }
};
