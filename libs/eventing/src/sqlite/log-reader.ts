import Database from 'better-sqlite3';

import type { Category, RecordedEvent, StreamName } from '@city311/kernel';

import { categoryOf, decodeEvent, type EventRow } from './encoding.js';
import type { PlacedEvent } from './recent-events.js';
import type { WriterLease } from './writer-protocol.js';

export interface LogReader {
  readStream(stream: StreamName, from: number): RecordedEvent[];
  readStreams(streams: readonly StreamName[]): Map<StreamName, RecordedEvent[]>;
  /** Next events of the categories; `cursor` is the position up to which there are no others. */
  readCategories(
    categories: readonly Category[],
    after: number,
    max: number,
  ): { readonly events: RecordedEvent[]; readonly cursor: number };
  /** Events of the categories behind `after`, up to `upTo`, with what each took in the file. */
  readBetween(
    categories: ReadonlySet<string>,
    after: number,
    upTo: number,
  ): (readonly [position: number, PlacedEvent])[];
  /** Position of the newest event, 0 when there is none. */
  head(): number;
  /** Who writes the log, or did last. */
  writerLease(): WriterLease | null;
  close(): void;
}

const columns = 'e.position, e.sequence, s.name, e.meta, e.data';

/** Reads the log on the caller's thread by a connection that cannot write. The file must exist. */
export const openLogReader = (file: string): LogReader => {
  const db = new Database(file, { readonly: true, timeout: 5_000 });
  db.pragma('synchronous = FULL');
  if (db.pragma('synchronous', { simple: true }) !== 2)
    throw new Error('the log must be opened with synchronous=FULL');
  db.pragma('cache_size = -16384');

  const headRow = db.prepare<[], number>('SELECT coalesce(max(position), 0) FROM events').pluck();
  const streamRows = db
    .prepare<[string, number], EventRow>(
      `SELECT ${columns} FROM streams s CROSS JOIN events e ON e.stream_id = s.id
       WHERE s.name = ? AND e.sequence >= ? ORDER BY e.sequence`,
    )
    .raw();
  const streamsRows = db
    .prepare<[string], EventRow>(
      `SELECT ${columns} FROM json_each(?) j CROSS JOIN streams s ON s.name = j.value
       CROSS JOIN events e ON e.stream_id = s.id ORDER BY e.stream_id, e.sequence`,
    )
    .raw();
  const leaseRow = db.prepare<[], WriterLease>(
    'SELECT holder, token, expires_at AS expiresAt, socket FROM writer_lease WHERE only = 1',
  );
  const categoryRow = db.prepare<[string], number>('SELECT id FROM categories WHERE name = ?').pluck();

  const categoryIds = new Map<string, number>();
  const categoryId = (name: string): number | undefined => {
    const id = categoryIds.get(name) ?? categoryRow.get(name);
    if (id !== undefined) categoryIds.set(name, id);
    return id;
  };

  // one ordered walk of the index for each category, merged: no scan past the events of the others
  const categoryStatements = new Map<string, Database.Statement<number[], EventRow>>();
  const categoriesRows = (ids: readonly number[]): Database.Statement<number[], EventRow> => {
    const key = ids.join();
    const known = categoryStatements.get(key);
    if (known !== undefined) return known;
    const walk = (id: number): string =>
      `SELECT ${columns} FROM events e INDEXED BY events_by_category CROSS JOIN streams s ON s.id = e.stream_id
       WHERE e.category_id = ${id} AND e.position > ?`;
    const sql = `${ids.map(walk).join(' UNION ALL ')} ORDER BY 1 LIMIT ?`;
    const statement = db.prepare<number[], EventRow>(sql).raw();
    categoryStatements.set(key, statement);
    return statement;
  };

  const betweenStatements = new Map<string, Database.Statement<number[], EventRow>>();
  const betweenRows = (ids: readonly number[]): Database.Statement<number[], EventRow> => {
    const key = ids.join();
    const known = betweenStatements.get(key);
    if (known !== undefined) return known;
    const statement = db
      .prepare<number[], EventRow>(
        `SELECT ${columns} FROM events e NOT INDEXED CROSS JOIN streams s ON s.id = e.stream_id
         WHERE e.position > ? AND e.position <= ? AND e.category_id IN (${key}) ORDER BY e.position`,
      )
      .raw();
    betweenStatements.set(key, statement);
    return statement;
  };

  return {
    readBetween(categories, after, upTo) {
      const ids = [...categories].map(categoryId).filter((id) => id !== undefined);
      if (ids.length === 0) return [];
      return betweenRows(ids)
        .all(after, upTo)
        .map((row) => {
          const [position, , stream, meta, data] = row;
          const placed = {
            event: decodeEvent(row),
            category: categoryOf(stream),
            chars: meta.length + data.length,
          };
          return [position, placed] as const;
        });
    },

    readStream: (stream, from) => streamRows.all(stream, from).map(decodeEvent),

    readStreams(streams) {
      const found = new Map<StreamName, RecordedEvent[]>();
      for (const row of streamsRows.all(JSON.stringify([...new Set(streams)]))) {
        const event = decodeEvent(row);
        const stream = event.stream as StreamName;
        const events = found.get(stream);
        if (events === undefined) found.set(stream, [event]);
        else events.push(event);
      }
      return found;
    },

    readCategories(categories, after, max) {
      // asked for before the rows: whatever is committed meanwhile lies behind it
      const head = headRow.get() ?? 0;
      const ids = [...new Set(categories)].map(categoryId).filter((id) => id !== undefined);
      if (head <= after || ids.length === 0) return { events: [], cursor: Math.max(head, after) };
      const events = categoriesRows(ids)
        .all(...ids.map(() => after), max)
        .map(decodeEvent);
      const lastRead = events.at(-1);
      const last = lastRead === undefined ? after : Number(lastRead.position);
      return { events, cursor: events.length < max ? Math.max(head, last) : last };
    },

    head: () => headRow.get() ?? 0,
    writerLease: () => leaseRow.get() ?? null,
    close: () => void db.close(),
  };
};
