import { existsSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';

import type { Category } from '@city311/kernel';

export interface CategoryFacts {
  readonly category: Category;
  readonly streams: number;
  readonly events: number;
}

export interface SqliteLogFacts {
  /** In order of name. */
  readonly categories: readonly CategoryFacts[];
  readonly events: number;
  /** When the newest event was recorded; null in an empty log. */
  readonly newestRecordedTime: string | null;
  /** Who writes the log, or did last; `expiresAt` 0 where it was given back in order. */
  readonly writer: { readonly holder: string; readonly expiresAt: number } | null;
}

/**
 * What lies in `events.db` of a folder, read by a connection that changes nothing and takes no part in the choice of
 * the writer. Null where there is no log.
 * @throws Error  the file is no log
 */
export const readSqliteLogFacts = (folder: string): SqliteLogFacts | null => {
  const file = join(folder, 'events.db');
  if (!existsSync(file)) return null;
  const db = new Database(file, { readonly: true, timeout: 5_000 });
  try {
    const read = db.transaction((): SqliteLogFacts => {
      const categories = db
        .prepare<[], CategoryFacts>(
          `SELECT c.name AS category, (SELECT count(*) FROM streams s WHERE s.category_id = c.id) AS streams,
             (SELECT count(*) FROM events e INDEXED BY events_by_category WHERE e.category_id = c.id) AS events
           FROM categories c ORDER BY c.name`,
        )
        .all();
      const newest = db
        .prepare<[], string>(`SELECT json_extract(meta, '$[5]') FROM events ORDER BY position DESC LIMIT 1`)
        .pluck()
        .get();
      const writer = db
        .prepare<[], { readonly holder: string; readonly expiresAt: number }>(
          'SELECT holder, expires_at AS expiresAt FROM writer_lease WHERE only = 1',
        )
        .get();
      return {
        categories,
        events: categories.reduce((sum, { events }) => sum + events, 0),
        newestRecordedTime: newest ?? null,
        writer: writer ?? null,
      };
    });
    return read();
  } finally {
    db.close();
  }
};
