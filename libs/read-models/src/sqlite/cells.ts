import type { ColumnValue, Interval, ViewDeclaration } from '../read-models.js';
import type { SqlValue } from './statements.js';

/** What is stored of a document beside itself. */
export interface Cells {
  readonly columns: readonly SqlValue[];
  /** One row for each interval: from, to, then the values in the order of their declaration. */
  readonly spans: readonly (readonly SqlValue[])[];
  readonly text: string | null;
}

/** Stands for "still so"; the last instant that a date can hold. */
export const endless = 8.64e15;

export const toSql = (value: ColumnValue | undefined): SqlValue => {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new RangeError(`a column cannot hold ${typeof value === 'number' ? value : typeof value}`);
};

/** @throws RangeError  not an ISO 8601 instant */
export const toMilliseconds = (instant: string): number => {
  const milliseconds = Date.parse(instant);
  if (Number.isNaN(milliseconds)) throw new RangeError('not an ISO 8601 instant');
  return milliseconds;
};

/** Made once for a view, since it runs for every document written. */
export const cellsOf = <Doc extends object>(view: ViewDeclaration<Doc>): ((doc: Doc) => Cells) => {
  const columns = Object.values(view.columns).map((column) => column.value);
  const { intervals, searchText } = view;
  const names = Object.keys(intervals?.columns ?? {});
  const spanOf = (interval: Interval): SqlValue[] => {
    const span: SqlValue[] = [
      toMilliseconds(interval.from),
      interval.to === null ? endless : toMilliseconds(interval.to),
    ];
    for (const name of names) span.push(toSql(interval.values[name]));
    return span;
  };
  return (doc) => ({
    columns: columns.map((value) => toSql(value(doc))),
    spans: intervals === undefined ? [] : intervals.of(doc).map(spanOf),
    text: searchText === undefined ? null : searchText(doc),
  });
};
