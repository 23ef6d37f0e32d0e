import type { ColumnValue, Condition, Query, ViewDeclaration } from '../read-models.js';
import { searchWords } from '../search-words.js';
import { toValue } from './entries.js';
import type { Filter } from './stored.js';

const operators = { gte: '$gte', gt: '$gt', lt: '$lt', lte: '$lte' } as const;
const isOperator = (name: string): name is keyof typeof operators => Object.hasOwn(operators, name);

const nothing: Filter = { _id: { $in: [] } };

/** Removed documents and the state have no such mark. */
export const isLive: Filter = { live: true };

/** @throws RangeError  no such column */
export const declared = (columns: Readonly<Record<string, unknown>>, name: string): string => {
  if (!Object.hasOwn(columns, name)) throw new RangeError(`no such column: ${name.slice(0, 60)}`);
  return name;
};

export const allOf = (parts: readonly Filter[]): Filter =>
  parts.length === 1 ? (parts[0] ?? {}) : parts.length === 0 ? {} : { $and: [...parts] };

const anyOf = (parts: readonly Filter[]): Filter => (parts.length === 0 ? nothing : { $or: [...parts] });

/** What a caller sends stands behind an operator, so that it is a value whatever it looks like. */
const matches = (path: string, condition: Condition): Filter => {
  if (condition === null || typeof condition !== 'object') return { [path]: { $eq: toValue(condition) } };
  if ('in' in condition) return { [path]: { $in: condition.in.map(toValue) } };
  if ('not' in condition) return { [path]: { $ne: toValue(condition.not) } };
  const bounds = Object.entries(condition).map(([name, value]): Filter => {
    if (!isOperator(name)) throw new RangeError(`no such condition: ${name.slice(0, 60)}`);
    const bound = toValue(value);
    // The server would take null as equal to null; no value is below or above an absent one.
    return bound === null ? nothing : { [path]: { [operators[name]]: bound } };
  });
  return allOf(bounds);
};

/**
 * @param under  the path that the columns lie under
 * @throws RangeError  a column that is not declared, or a condition of no known form
 */
export const matchesAll = (
  columns: Readonly<Record<string, unknown>>,
  where: Readonly<Record<string, Condition>>,
  under: string,
): Filter =>
  allOf(
    Object.entries(where).map(([name, condition]) =>
      matches(`${under}.${declared(columns, name)}`, condition),
    ),
  );

/** All that `query` asks of a document, and that it is one. */
export const matchesQuery = <Doc extends object>(
  view: ViewDeclaration<Doc>,
  query: Pick<Query, 'where' | 'anyOf' | 'within' | 'search'>,
): Filter => {
  const parts = [matchesAll(view.columns, query.where ?? {}, 'columns')];
  if (query.anyOf !== undefined) {
    parts.push(anyOf(query.anyOf.map((where) => matchesAll(view.columns, where, 'columns'))));
  }
  if (query.within !== undefined) parts.push(liesWithin(view, query.within));
  if (query.search !== undefined) parts.push(hasWords(view, query.search));
  parts.push(isLive);
  return allOf(parts.filter((part) => Object.keys(part).length > 0));
};

/** Plain bounds: the sides of a 2dsphere box follow great circles, not parallels, and would leave out its edges. */
const liesWithin = <Doc extends object>(
  view: ViewDeclaration<Doc>,
  { south, west, north, east }: NonNullable<Query['within']>,
): Filter => {
  if (view.area === undefined) throw new RangeError(`${view.name} has no area`);
  const [bottom, top, left, right] = [south, north, west, east].map(toValue);
  const longitude = `columns.${view.area.longitude}`;
  const across: Filter[] = [{ [longitude]: { $gte: left } }, { [longitude]: { $lte: right } }];
  const band = { [`columns.${view.area.latitude}`]: { $gte: bottom, $lte: top } };
  return allOf([band, west <= east ? allOf(across) : anyOf(across)]);
};

const hasWords = <Doc extends object>(view: ViewDeclaration<Doc>, search: string): Filter => {
  if (view.searchText === undefined) throw new RangeError(`${view.name} has no search text`);
  const words = [...new Set(searchWords(search))];
  return words.length === 0 ? nothing : { words: { $all: words } };
};

export const isSame = (path: string, value: ColumnValue): Filter => ({ [path]: { $eq: toValue(value) } });
