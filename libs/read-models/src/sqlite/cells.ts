import { endless, toMilliseconds } from '../instants.js';
import type { ColumnValue, Interval, ViewDeclaration } from '../read-models.js';
import type { SqlValue } from './statements.js';

/** What is stored of a document beside itself. */
export interface Cells {
  readonly columns: readonly SqlValue[];
  /** As the document gave them; the same object again stands for the same span. */
  readonly intervals: readonly Interval[];
  /** One row for each interval: from, to, then the values in the order of their declaration. */
  readonly spans: readonly (readonly SqlValue[])[];
  readonly text: string | null;
}

export const toSql = (value: ColumnValue | undefined): SqlValue => {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new RangeError(`a column cannot hold ${typeof value === 'number' ? value : typeof value}`);
};

const noIntervals: readonly Interval[] = [];

/**
 * Made once for a view, since it runs for every document written. `before` are the cells that the document had:
 * what has not changed is taken from there.
 */
export const cellsOf = <Doc extends object>(
  view: ViewDeclaration<Doc>,
): ((doc: Doc, before: Cells | null) => Cells) => {
  const values = Object.values(view.columns).map((column) => column.value);
  const { searchText } = view;
  const intervalsOf = view.intervals?.of;
  const names = Object.keys(view.intervals?.columns ?? {});
  const spanOf = ({ from, to, values: held }: Interval): SqlValue[] => [
    toMilliseconds(from),
    to === null ? endless : toMilliseconds(to),
    ...names.map((name) => toSql(held[name])),
  ];
  return (doc, before) => {
    const columns = values.map((value) => toSql(value(doc)));
    const text = searchText === undefined ? null : searchText(doc);
    const intervals = intervalsOf === undefined ? noIntervals : intervalsOf(doc);
    const spans =
      before !== null && intervals === before.intervals
        ? before.spans
        : intervals.map((interval, i) => {
            const known = before?.intervals[i] === interval ? before.spans[i] : undefined;
            return known ?? spanOf(interval);
          });
    return { columns, intervals, spans, text };
  };
};
