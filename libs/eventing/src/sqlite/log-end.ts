import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { StreamName } from '@city311/kernel';
import Database from 'better-sqlite3';

/** How far a log goes and what it ends with. */
export interface SqliteLogEnd {
  /** Position of the newest event; 0 in an empty log. */
  readonly head: number;
  /** Data of the newest events, as JSON, the newest first. */
  readonly newest: readonly string[];
  /** Data of the last event of the stream that was asked for, as JSON; null where there is none. */
  readonly lastOf: string | null;
}

/**
 * Reads the end of `events.db` by a connection that changes nothing; null where there is no such file, or nothing in it
 * yet. @throws Error  the file is no log
 */
export const readSqliteLogEnd = (
  folder: string,
  { max, stream }: { readonly max: number; readonly stream: StreamName },
): SqliteLogEnd | null => {
  const file = join(folder, 'events.db');
  if (!existsSync(file)) return null;
  const db = new Database(file, { readonly: true, timeout: 10_000 });
  try {
    if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'events'").get() === undefined) return null;
    return db.transaction((): SqliteLogEnd => ({
      head: db.prepare<[], number>('SELECT coalesce(max(position), 0) FROM events').pluck().get() ?? 0,
      newest: db
        .prepare<[number], string>('SELECT data FROM events ORDER BY position DESC LIMIT ?')
        .pluck()
        .all(max),
      lastOf:
        db
          .prepare<[string], string>(
            `SELECT data FROM events WHERE stream_id = (SELECT id FROM streams WHERE name = ?)
             ORDER BY sequence DESC LIMIT 1`,
          )
          .pluck()
          .get(stream) ?? null,
    }))();
  } finally {
    db.close();
  }
};
