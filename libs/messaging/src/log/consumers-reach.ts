import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Position } from '@city311/kernel';
import Database from 'better-sqlite3';

/** The furthest checkpoint in `consumers.db`, read by a connection that changes nothing; null where nobody has begun. */
export const readSqliteConsumersReach = (folder: string): Position | null => {
  const file = join(folder, 'consumers.db');
  if (!existsSync(file)) return null;
  const db = new Database(file, { readonly: true, timeout: 10_000 });
  try {
    if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'checkpoints'").get() === undefined) return null;
    return db.prepare<[], Position | null>('SELECT max(position) FROM checkpoints').pluck().get() ?? null;
  } finally {
    db.close();
  }
};
