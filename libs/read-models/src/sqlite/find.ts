import type { Found } from '../pages.js';
import type { Bookmark } from '../cursor.js';
import type { ColumnValue, Query, ViewDeclaration } from '../read-models.js';
import { toSql } from './cells.js';
import { allOf, declared, matchesQuery, type Fragment } from './conditions.js';
import { parseDoc, type Generation } from './generation.js';

interface Ordering {
  readonly column: string;
  readonly descending: boolean;
}

interface Segment extends Fragment {
  readonly order: readonly Ordering[];
}

const orderingOf = <Doc extends object>(view: ViewDeclaration<Doc>, query: Query): Ordering[] => {
  const asked = (query.orderBy ?? []).map(({ column, direction }) => ({
    column: declared(view.columns, column),
    descending: direction === 'desc',
  }));
  return [...asked, { column: 'key', descending: asked.at(-1)?.descending ?? false }];
};

/**
 * What comes after a bookmark, as stretches that follow one another: those equal in all columns but the last, then
 * in all but the last two, and so on. Each is one walk along an index, where a single condition with ORs is not.
 */
const segmentsAfter = (order: readonly Ordering[], values: readonly ColumnValue[]): Segment[] => {
  const segments: Segment[] = [];
  for (let level = order.length - 1; level >= 0; level -= 1) {
    const same = order.slice(0, level).map(({ column }, i): Fragment => isSame(column, values[i] ?? null));
    for (const beyond of comesAfter(order[level], values[level] ?? null)) {
      segments.push({ ...allOf([...same, beyond]), order: order.slice(level) });
    }
  }
  return segments;
};

const isSame = (column: string, value: ColumnValue): Fragment =>
  value === null
    ? { sql: `${column} IS NULL`, params: [] }
    : { sql: `${column} = ?`, params: [toSql(value)] };

const comesAfter = (ordering: Ordering | undefined, value: ColumnValue): Fragment[] => {
  if (ordering === undefined) return [];
  const { column, descending } = ordering;
  if (value === null) return descending ? [] : [{ sql: `${column} IS NOT NULL`, params: [] }];
  const beyond = { sql: `${column} ${descending ? '<' : '>'} ?`, params: [toSql(value)] };
  const nullsLast = descending && column !== 'key';
  return nullsLast ? [beyond, { sql: `${column} IS NULL`, params: [] }] : [beyond];
};

/** At most `limit` documents after the bookmark, in order. Runs in the caller's transaction. */
export const findRows = <Doc extends object>(
  generation: Generation<Doc>,
  view: ViewDeclaration<Doc>,
  query: Query,
  after: Bookmark | null,
  limit: number,
): Found<Doc> => {
  const order = orderingOf(view, query);
  const wanted = matchesQuery(view, generation.tables, query);
  const segments: Segment[] =
    after === null ? [{ sql: '1', params: [], order }] : segmentsAfter(order, [...after.values, after.key]);
  const picked = order.map(({ column }) => column).join(', ');
  const rows: unknown[][] = [];
  for (const segment of segments) {
    if (rows.length === limit) break;
    const by = segment.order
      .map(({ column, descending }) => `${column}${descending ? ' DESC' : ''}`)
      .join(', ');
    const sql = `SELECT doc, ${picked} FROM ${generation.tables.docs}
      WHERE ${segment.sql} AND ${wanted.sql} ORDER BY ${by} LIMIT ?`;
    rows.push(...generation.queries.rows(sql, [...segment.params, ...wanted.params, limit - rows.length]));
  }
  return { items: rows.map(([doc]) => parseDoc<Doc>(String(doc))), bookmarks: (i) => bookmarkOf(rows[i]) };
};

const bookmarkOf = (row: readonly unknown[] | undefined): Bookmark | null => {
  if (row === undefined) return null;
  return { key: String(row.at(-1)), values: row.slice(1, -1).map(asColumnValue) };
};

const asColumnValue = (value: unknown): ColumnValue =>
  typeof value === 'string' || typeof value === 'number' ? value : null;
