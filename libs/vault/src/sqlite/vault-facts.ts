import { existsSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';

export interface SqliteVaultFacts {
  /** A key of an author was ever made or erased here. */
  readonly isUsed: boolean;
  /** Of the key ids asked for, those that this vault neither has nor has erased. */
  readonly unknown: readonly string[];
  /** The highest case number that it has a key for; null where there is none. */
  readonly lastCase: string | null;
}

/**
 * What `vault.db` of a folder knows, read without its master key by a connection that changes nothing; null where there
 * is no such file, or nothing in it yet. @throws Error  the file is no vault
 */
export const readSqliteVaultFacts = (folder: string, keyIds: readonly string[]): SqliteVaultFacts | null => {
  const file = join(folder, 'vault.db');
  if (!existsSync(file)) return null;
  const db = new Database(file, { readonly: true, timeout: 10_000 });
  try {
    if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'erasures'").get() === undefined) return null;
    const unknown = db
      .prepare<[string], string>(
        `SELECT value FROM json_each(?)
         WHERE value NOT IN (SELECT key_id FROM keys) AND value NOT IN (SELECT key_id FROM erasures)`,
      )
      .pluck()
      .all(JSON.stringify(keyIds));
    const lastAuthor = db
      .prepare<[], string | null>("SELECT max(author) FROM keys WHERE author >= 'case:' AND author < 'case;'")
      .pluck()
      .get();
    const used = db
      .prepare<[], number>('SELECT EXISTS (SELECT 1 FROM keys) OR EXISTS (SELECT 1 FROM erasures)')
      .pluck()
      .get();
    return { isUsed: used === 1, unknown, lastCase: lastAuthor?.slice('case:'.length) ?? null };
  } finally {
    db.close();
  }
};
