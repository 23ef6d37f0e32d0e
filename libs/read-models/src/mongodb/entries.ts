import { ProjectionFaultError } from '../faults.js';
import type { Change, Seen } from '../fold.js';
import { endless, toMilliseconds } from '../instants.js';
import type { ColumnValue, Interval, ViewDeclaration } from '../read-models.js';
import { searchWords } from '../search-words.js';
import type { StoredDoc, StoredInterval } from './stored.js';

/** A server takes 16 MB for a document with all that lies beside it. */
const maxDocLength = 8_000_000;

/** What a column may hold, and what may be asked of one. @throws RangeError  anything else */
export const toValue = (value: ColumnValue | undefined): ColumnValue => {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new RangeError(`a column cannot hold ${typeof value === 'number' ? value : typeof value}`);
};

/**
 * What is stored of a document, for the documents of one generation.
 * @throws RangeError  it cannot be stored; and whatever the declaration throws
 */
export const entriesOf = <Doc extends object>(
  view: ViewDeclaration<Doc>,
  generation: string,
): ((key: string, seen: Seen<Doc>) => StoredDoc) => {
  const columns = Object.entries(view.columns);
  const names = Object.keys(view.intervals?.columns ?? {});
  const intervalOf = ({ from, to, values }: Interval): StoredInterval => ({
    from: toMilliseconds(from),
    to: to === null ? endless : toMilliseconds(to),
    values: Object.fromEntries(names.map((name) => [name, toValue(values[name])])),
  });
  const beside = (doc: Doc): Pick<StoredDoc, 'columns' | 'words' | 'intervals' | 'doc'> => {
    const text = JSON.stringify(doc);
    if (text.length > maxDocLength)
      throw new RangeError(`a document of ${text.length} characters is too large`);
    const searched = view.searchText?.(doc) ?? null;
    return {
      columns: Object.fromEntries(columns.map(([name, column]) => [name, toValue(column.value(doc))])),
      ...(searched === null ? {} : { words: [...new Set(searchWords(searched))] }),
      ...(view.intervals === undefined ? {} : { intervals: view.intervals.of(doc).map(intervalOf) }),
      doc: text,
    };
  };
  return (key, { stream, sequence, doc }) => {
    const gone = { _id: key, generation, stream, sequence };
    return doc === null ? gone : { ...gone, live: true, ...beside(doc) };
  };
};

/** As `entriesOf`, of what an event has led to. @throws ProjectionFaultError  names it */
export const changedEntriesOf = <Doc extends object>(
  view: ViewDeclaration<Doc>,
  generation: string,
): ((key: string, change: Change<Doc>) => StoredDoc) => {
  const entryOf = entriesOf(view, generation);
  return (key, change) => {
    try {
      return entryOf(key, change);
    } catch (cause) {
      throw new ProjectionFaultError(view.name, key, change.event, cause);
    }
  };
};
