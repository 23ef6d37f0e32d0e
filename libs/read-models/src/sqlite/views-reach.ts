import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Position } from '@city311/kernel';
import Database from 'better-sqlite3';

/** The furthest place of all views in `views.db`, read by a connection that changes nothing; null where none has begun. */
export const readSqliteViewsReach = (folder: string): Position | null => {
  const file = join(folder, 'views.db');
  if (!existsSync(file)) return null;
  const db = new Database(file, { readonly: true, timeout: 10_000 });
  try {
    if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'view_generations'").get() === undefined)
      return null;
    return (
      db.prepare<[], Position | null>('SELECT max(checkpoint) FROM view_generations').pluck().get() ?? null
    );
  } finally {
    db.close();
  }
};
