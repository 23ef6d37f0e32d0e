import type { Column, ViewDeclaration } from './read-models.js';

type ColumnType = Column<never>['type'];

/** What of a declaration lies in the store. */
export interface Shape {
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly intervals: Readonly<Record<string, ColumnType>> | null;
  readonly search: boolean;
}

/** Sets of columns are told apart by a number. */
const maxColumns = 50;

const namePattern = /^[a-z][a-z0-9_]*$/;
const columnPattern = /^[A-Za-z][A-Za-z0-9_]*$/;

export const shapeOf = <Doc extends object>(view: ViewDeclaration<Doc>): Shape => ({
  columns: Object.fromEntries(Object.entries(view.columns).map(([name, column]) => [name, column.type])),
  intervals: view.intervals === undefined ? null : { ...view.intervals.columns },
  search: view.searchText !== undefined,
});

/** Whether queries for `wanted` find all they name in a store of shape `stored`. */
export const covers = (stored: Shape, wanted: Shape): boolean =>
  includesAll(stored.columns, wanted.columns) &&
  includesAll(stored.intervals ?? {}, wanted.intervals ?? {}) &&
  (stored.intervals !== null || wanted.intervals === null) &&
  (stored.search || !wanted.search);

const includesAll = (stored: Record<string, ColumnType>, wanted: Record<string, ColumnType>): boolean =>
  Object.entries(wanted).every(([name, type]) => stored[name] === type);

/** @throws RangeError  a name that cannot be a table, collection or column, names that differ by case only, are not declared, or are too many */
export const checkDeclaration = <Doc extends object>(view: ViewDeclaration<Doc>): void => {
  if (!namePattern.test(view.name) || view.name.includes('__'))
    throw new RangeError(`not a view name: ${view.name}`);
  if (Object.keys(view.columns).length > maxColumns)
    throw new RangeError(`${view.name} has more than ${maxColumns} columns`);
  for (const columns of [Object.keys(view.columns), Object.keys(view.intervals?.columns ?? {})]) {
    const bad = columns.find((name) => !columnPattern.test(name));
    if (bad !== undefined) throw new RangeError(`not a column name: ${bad}`);
    if (new Set(columns.map((name) => name.toLowerCase())).size < columns.length) {
      throw new RangeError(`columns of ${view.name} differ by case only`);
    }
  }
  const area = view.area === undefined ? [] : [view.area.latitude, view.area.longitude];
  const unknown = [...view.indexes.flat(), ...area].find((name) => !Object.hasOwn(view.columns, name));
  if (unknown !== undefined) throw new RangeError(`${view.name} has no column ${unknown}`);
};
