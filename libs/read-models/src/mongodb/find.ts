import type { Found } from '../pages.js';
import type { mongo } from 'mongoose';

import type { Bookmark } from '../cursor.js';
import type { ColumnValue, Query, ViewDeclaration } from '../read-models.js';
import { allOf, declared, isSame, matchesQuery } from './conditions.js';
import { parseDoc, type Filter, type Row, type Rows } from './stored.js';

interface Ordering {
  /** Column's name; null for the key. */
  readonly column: string | null;
  readonly descending: boolean;
}

interface Segment {
  readonly filter: Filter;
  readonly order: readonly Ordering[];
}

const pathOf = ({ column }: Ordering): string => (column === null ? '_id' : `columns.${column}`);

const orderingOf = <Doc extends object>(view: ViewDeclaration<Doc>, query: Query): Ordering[] => {
  const asked = (query.orderBy ?? []).map(({ column, direction }) => ({
    column: declared(view.columns, column),
    descending: direction === 'desc',
  }));
  return [...asked, { column: null, descending: asked.at(-1)?.descending ?? false }];
};

/**
 * What comes after a bookmark, as stretches that follow one another: those equal in all columns but the last, then
 * in all but the last two, and so on. Each is one walk along an index, where a single condition with ORs need not be.
 */
const segmentsAfter = (order: readonly Ordering[], values: readonly ColumnValue[]): Segment[] => {
  const segments: Segment[] = [];
  for (let level = order.length - 1; level >= 0; level -= 1) {
    const same = order.slice(0, level).map((ordering, i) => isSame(pathOf(ordering), values[i] ?? null));
    for (const beyond of comesAfter(order[level], values[level] ?? null)) {
      segments.push({ filter: allOf([...same, beyond]), order: order.slice(level) });
    }
  }
  return segments;
};

const comesAfter = (ordering: Ordering | undefined, value: ColumnValue): Filter[] => {
  if (ordering === undefined) return [];
  const { descending, column } = ordering;
  const path = pathOf(ordering);
  if (value === null) return descending ? [] : [{ [path]: { $ne: null } }];
  const beyond: Filter = { [path]: { [descending ? '$lt' : '$gt']: value } };
  return descending && column !== null ? [beyond, { [path]: { $eq: null } }] : [beyond];
};

/** At most `limit` documents after the bookmark, in order. */
export const findRows = async <Doc extends object>(
  collection: Rows,
  view: ViewDeclaration<Doc>,
  query: Query,
  after: Bookmark | null,
  limit: number,
): Promise<Found<Doc>> => {
  const order = orderingOf(view, query);
  const wanted = matchesQuery(view, query);
  const segments: Segment[] =
    after === null ? [{ filter: {}, order }] : segmentsAfter(order, [...after.values, after.key]);
  const projection = Object.fromEntries(['doc', ...order.map(pathOf)].map((path) => [path, 1]));
  const rows: Row[] = [];
  for (const segment of segments) {
    if (rows.length === limit) break;
    const sort: [string, mongo.SortDirection][] = segment.order.map((ordering) => [
      pathOf(ordering),
      ordering.descending ? -1 : 1,
    ]);
    const filter = allOf([segment.filter, wanted].filter((part) => Object.keys(part).length > 0));
    const left = limit - rows.length;
    const options = { projection, sort, limit: left, batchSize: left };
    rows.push(...(await collection.find<Row>(filter, options).toArray()));
  }
  return { items: rows.map(({ doc }) => parseDoc<Doc>(doc)), bookmarks: (i) => bookmarkOf(order, rows[i]) };
};

const bookmarkOf = (order: readonly Ordering[], row: Row | undefined): Bookmark | null => {
  if (row === undefined) return null;
  const values = order.flatMap(({ column }) => (column === null ? [] : [row.columns?.[column] ?? null]));
  return { key: String(row._id), values };
};
