import { existsSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';

import type { Erasure } from '../vault.js';

/** Erasures noted in the vault of a folder, oldest first, read without its master key; none where there is no vault. */
export const readSqliteErasures = (folder: string): readonly Erasure[] => {
  const file = join(folder, 'vault.db');
  if (!existsSync(file)) return [];
  const db = new Database(file, { readonly: true, timeout: 10_000 });
  try {
    return db.prepare<[], Erasure>('SELECT key_id AS keyId, author, at FROM erasures ORDER BY number').all();
  } finally {
    db.close();
  }
};
