import type { Column, ColumnValue, Condition, GroupedCount, Query, ViewDeclaration } from '../read-models.js';
import { toMilliseconds } from './cells.js';
import { declared, matchesAll, matchesQuery, type Fragment } from './conditions.js';
import type { Generation } from './generation.js';

type Types = Readonly<Record<string, Column<never>['type']>>;

export const countDocs = <Doc extends object>(
  generation: Generation<Doc>,
  view: ViewDeclaration<Doc>,
  query: Pick<Query, 'where' | 'anyOf' | 'within' | 'search'>,
  groupBy: readonly string[],
): GroupedCount[] => {
  const types = Object.fromEntries(Object.entries(view.columns).map(([name, column]) => [name, column.type]));
  return counts(
    generation,
    generation.tables.docs,
    types,
    matchesQuery(view, generation.tables, query),
    groupBy,
  );
};

/** @throws RangeError  `at` is no instant, or the view keeps no intervals */
export const countSpans = <Doc extends object>(
  generation: Generation<Doc>,
  view: ViewDeclaration<Doc>,
  at: string,
  where: Readonly<Record<string, Condition>>,
  groupBy: readonly string[],
): GroupedCount[] => {
  if (view.intervals === undefined) throw new RangeError(`${view.name} keeps no intervals`);
  const types = view.intervals.columns;
  const asked = matchesAll(types, where);
  const instant = toMilliseconds(at);
  const wanted = {
    sql: `from_ms <= ? AND to_ms > ? AND ${asked.sql}`,
    params: [instant, instant, ...asked.params],
  };
  return counts(generation, generation.tables.spans, types, wanted, groupBy);
};

const counts = <Doc extends object>(
  generation: Generation<Doc>,
  table: string,
  types: Types,
  wanted: Fragment,
  groupBy: readonly string[],
): GroupedCount[] => {
  const columns = groupBy.map((name) => declared(types, name));
  const grouping = columns.length === 0 ? '' : ` GROUP BY ${columns.join(', ')}`;
  const sql = `SELECT count(*)${columns.map((column) => `, ${column}`).join('')} FROM ${table}
    WHERE ${wanted.sql}${grouping}`;
  return generation.queries.rows(sql, wanted.params).map(([count, ...values]) => ({
    group: Object.fromEntries(groupBy.map((name, i) => [name, fromSql(types[name], values[i])])),
    count: Number(count),
  }));
};

const fromSql = (type: Types[string] | undefined, value: unknown): ColumnValue => {
  if (type === 'boolean' && typeof value === 'number') return value !== 0;
  return typeof value === 'string' || typeof value === 'number' ? value : null;
};
