import type { ColumnValue, Condition, Query, ViewDeclaration } from '../read-models.js';
import { searchWords } from '../search-words.js';
import { toSql } from './cells.js';
import type { SqlValue } from './statements.js';
import { columnName, type Tables } from './tables.js';

/** A piece of SQL with its values; what a caller sends is always a value, never text of the statement. */
export interface Fragment {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

const operators = { gte: '>=', gt: '>', lt: '<', lte: '<=' } as const;
const maxPlaceholders = 100;
const isOperator = (name: string): name is keyof typeof operators => Object.hasOwn(operators, name);

/** @throws RangeError  no such column */
export const declared = (columns: Readonly<Record<string, unknown>>, name: string): string => {
  if (!Object.hasOwn(columns, name)) throw new RangeError(`no such column: ${name.slice(0, 60)}`);
  return columnName(name);
};

const join = (parts: readonly Fragment[], word: 'AND' | 'OR', none: '0' | '1'): Fragment =>
  parts.length === 0
    ? { sql: none, params: [] }
    : {
        sql: `(${parts.map((part) => part.sql).join(` ${word} `)})`,
        params: parts.flatMap((part) => part.params),
      };

export const allOf = (parts: readonly Fragment[]): Fragment => join(parts, 'AND', '1');

const equals = (column: string, value: ColumnValue): Fragment =>
  value === null
    ? { sql: `${column} IS NULL`, params: [] }
    : { sql: `${column} = ?`, params: [toSql(value)] };

const oneOf = (column: string, values: readonly ColumnValue[]): Fragment => {
  const known = values.filter((value) => value !== null).map(toSql);
  const inList =
    known.length > maxPlaceholders
      ? { sql: `${column} IN (SELECT value FROM json_each(?))`, params: [JSON.stringify(known)] }
      : { sql: `${column} IN (${known.map(() => '?').join(', ')})`, params: known };
  return join(known.length === values.length ? [inList] : [inList, equals(column, null)], 'OR', '0');
};

const matches = (column: string, condition: Condition): Fragment => {
  if (condition === null || typeof condition !== 'object') return equals(column, condition);
  if ('in' in condition) return oneOf(column, condition.in);
  if ('not' in condition) return { sql: `${column} IS NOT ?`, params: [toSql(condition.not)] };
  const bounds = Object.entries(condition).map(([name, value]) => {
    if (!isOperator(name)) throw new RangeError(`no such condition: ${name.slice(0, 60)}`);
    return { sql: `${column} ${operators[name]} ?`, params: [toSql(value)] };
  });
  return allOf(bounds);
};

/** @throws RangeError  a column that is not declared, or a condition of no known form */
export const matchesAll = (
  columns: Readonly<Record<string, unknown>>,
  where: Readonly<Record<string, Condition>>,
): Fragment =>
  allOf(Object.entries(where).map(([name, condition]) => matches(declared(columns, name), condition)));

/** All that `query` asks of a document. */
export const matchesQuery = <Doc extends object>(
  view: ViewDeclaration<Doc>,
  tables: Tables,
  query: Pick<Query, 'where' | 'anyOf' | 'within' | 'search'>,
): Fragment => {
  const parts = [matchesAll(view.columns, query.where ?? {})];
  if (query.anyOf !== undefined) {
    parts.push(
      join(
        query.anyOf.map((where) => matchesAll(view.columns, where)),
        'OR',
        '0',
      ),
    );
  }
  if (query.within !== undefined) parts.push(liesWithin(view, query.within));
  if (query.search !== undefined) parts.push(hasWords(view, tables, query.search));
  return allOf(parts);
};

const liesWithin = <Doc extends object>(
  view: ViewDeclaration<Doc>,
  { south, west, north, east }: NonNullable<Query['within']>,
): Fragment => {
  if (view.area === undefined) throw new RangeError(`${view.name} has no area`);
  const latitude = columnName(view.area.latitude);
  const longitude = columnName(view.area.longitude);
  const across = west <= east ? 'AND' : 'OR';
  return {
    sql: `(${latitude} BETWEEN ? AND ? AND (${longitude} >= ? ${across} ${longitude} <= ?))`,
    params: [south, north, west, east].map(toSql),
  };
};

const hasWords = <Doc extends object>(
  view: ViewDeclaration<Doc>,
  tables: Tables,
  search: string,
): Fragment => {
  if (view.searchText === undefined) throw new RangeError(`${view.name} has no search text`);
  const words = searchWords(search).map((word) => `"${word}"`);
  if (words.length === 0) return { sql: '0', params: [] };
  return {
    sql: `id IN (SELECT rowid FROM ${tables.words} WHERE ${tables.words} MATCH ?)`,
    params: [words.join(' ')],
  };
};
