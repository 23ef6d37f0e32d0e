import { randomBytes, timingSafeEqual } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import type Database from 'better-sqlite3';

import { keyBytes } from '../cipher.js';
import { deriveKey } from '../derive-key.js';

/** The master key is not there, or not the one; says what to do. */
export class MasterKeyError extends RangeError {
  override readonly name = 'MasterKeyError';
}

/** Not by `instanceof`: under a test runner errors come from another realm. */
const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

const syncFolder = (folder: string): void => {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/** Whole or not at all, and where two processes start at once, one wins and both read its key. */
const makeKeyFile = (folder: string, file: string): void => {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = openSync(draft, 'wx', 0o600);
  try {
    fchmodSync(handle, 0o600);
    writeSync(handle, randomBytes(keyBytes));
    fsyncSync(handle);
    linkSync(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    closeSync(handle);
    unlinkSync(draft);
  }
  syncFolder(folder);
};

/** Null where there is no such file. @throws MasterKeyError  others may read it, or it has the wrong size */
const readKeyFile = (file: string): Buffer | null => {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const mode = fstatSync(handle).mode & 0o777;
    if ((mode & 0o077) !== 0) {
      throw new MasterKeyError(
        `${file} is open to other users (mode ${mode.toString(8)}): chmod 600 it, and think of it as seen`,
      );
    }
    const key = readFileSync(handle);
    if (key.length !== keyBytes)
      throw new MasterKeyError(
        `${file} has ${key.length} bytes, not ${keyBytes}: put it back from where it is kept`,
      );
    return key;
  } finally {
    closeSync(handle);
  }
};

/**
 * The master key: the one given, else that of `master.key`, made where both it and the vault are new.
 * @throws MasterKeyError  missing, open to others, of the wrong size, or not the key that this vault was made with
 */
export const masterKeyFor = (db: Database.Database, folder: string, given?: Uint8Array): Uint8Array => {
  const file = join(folder, 'master.key');
  if (given !== undefined && given.length !== keyBytes) {
    throw new MasterKeyError(`the master key given has ${given.length} bytes, not ${keyBytes}`);
  }
  const known = db.prepare<[], Buffer>(`SELECT value FROM facts WHERE name = 'master-key-check'`).pluck();
  let key = given ?? readKeyFile(file);
  if (key === null) {
    if (known.get() !== undefined)
      throw new MasterKeyError(
        `${file} is missing, and vault.db cannot be read without it: put it back from where it is kept`,
      );
    makeKeyFile(folder, file);
    key = readKeyFile(file);
    if (key === null) throw new MasterKeyError(`${file} vanished while the vault was opened`);
  }
  const check = deriveKey(key, 'key check');
  db.prepare(`INSERT INTO facts VALUES ('master-key-check', ?) ON CONFLICT DO NOTHING`).run(check);
  const expected = known.get();
  if (expected === undefined || expected.length !== check.length || !timingSafeEqual(expected, check)) {
    throw new MasterKeyError(
      `${given === undefined ? file : 'the master key given'} is not the key that vault.db was made with: put that one back from where it is kept`,
    );
  }
  return key;
};
