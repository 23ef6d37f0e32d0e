import { ProjectionFaultError } from '../faults.js';
import type { Change } from '../fold.js';
import type { Cells } from './cells.js';
import type { Generation } from './generation.js';
import type { NewRow } from './row-writer.js';

/** The document with its cells. @throws ProjectionFaultError  a column, an interval or the search text threw */
export const rowOf = <Doc extends object>(
  generation: Generation<Doc>,
  view: string,
  key: string,
  { stream, sequence, doc, event }: Change<Doc>,
  before: Cells | null,
): NewRow<Doc> => {
  try {
    return { stream, sequence, doc, cells: doc === null ? null : generation.cells(doc, before) };
  } catch (cause) {
    throw new ProjectionFaultError(view, key, event, cause);
  }
};
