import { toMilliseconds } from '../instants.js';
import type { Column, ColumnValue, Condition, GroupedCount, Query, ViewDeclaration } from '../read-models.js';
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

/** Counts intervals document by document, so that it need not be done at one go. */
export class SpanCount<Doc extends object> {
  readonly #types: Types;
  readonly #asked: Fragment;
  readonly #instant: number;
  readonly #counted = new Map<string, { readonly values: readonly unknown[]; count: number }>();

  /** @throws RangeError  `at` is no instant, a column is not declared, or the view keeps no intervals */
  constructor(
    view: ViewDeclaration<Doc>,
    at: string,
    where: Readonly<Record<string, Condition>>,
    private readonly groupBy: readonly string[],
  ) {
    if (view.intervals === undefined) throw new RangeError(`${view.name} keeps no intervals`);
    this.#types = view.intervals.columns;
    this.#asked = matchesAll(this.#types, where);
    this.#instant = toMilliseconds(at);
    for (const name of groupBy) declared(this.#types, name);
  }

  /** Adds the documents with ids after `from` up to `to`. */
  add(generation: Generation<Doc>, from: number, to: number): void {
    const columns = this.groupBy.map((name) => declared(this.#types, name));
    const grouping = columns.length === 0 ? '' : ` GROUP BY ${columns.join(', ')}`;
    // The plus signs keep to the table itself, which lies in the order of the documents.
    const sql = `SELECT count(*)${columns.map((column) => `, ${column}`).join('')} FROM ${generation.tables.spans}
      WHERE doc_id > ? AND doc_id <= ? AND +from_ms <= ? AND +to_ms > ? AND ${this.#asked.sql}${grouping}`;
    const params = [from, to, this.#instant, this.#instant, ...this.#asked.params];
    for (const [count, ...values] of generation.queries.rows(sql, params)) {
      const key = JSON.stringify(values);
      const known = this.#counted.get(key);
      if (known === undefined) this.#counted.set(key, { values, count: Number(count) });
      else known.count += Number(count);
    }
  }

  result(): GroupedCount[] {
    const groups = [...this.#counted.values()].map(({ values, count }) => ({
      group: Object.fromEntries(this.groupBy.map((name, i) => [name, fromSql(this.#types[name], values[i])])),
      count,
    }));
    return groups.length === 0 && this.groupBy.length === 0 ? [{ group: {}, count: 0 }] : groups;
  }
}

/** Highest id that a document has; 0 where there is none. */
export const lastId = <Doc extends object>(generation: Generation<Doc>): number =>
  Number(generation.queries.rows(`SELECT max(id) FROM ${generation.tables.docs}`, [])[0]?.[0] ?? 0);

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
