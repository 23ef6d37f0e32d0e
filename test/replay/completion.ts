import { outcomeOfLabel, parseClosureText } from '@city311/contracts';
import type { Outcome } from '@city311/kernel';

import { photosOf } from './case-event.js';
import { isBlank, type SourceRow } from './columns.js';
import { instantOf } from './local-time.js';

/** What the department of a row did in the end: nothing, closed it, or closed it and it came back. */
export type Ending = 'open' | 'closed' | 'reopened';

/**
 * An open row that carries closing words or a closing photo was closed once and opened again; the city's file keeps
 * the words, not the times.
 */
export const endingOf = (row: SourceRow): Ending => {
  if (row.case_status === 'Closed') return 'closed';
  return isBlank(row.closure_reason) && isBlank(row.closedphoto) ? 'open' : 'reopened';
};

/** Body of the `complete` transition. `at`: when it was closed; where the file does not say, when it was opened. */
export interface Completion {
  readonly at: string;
  readonly outcome: Outcome;
  readonly outcomeLabel: string;
  readonly text?: string;
  readonly stamp?: string;
  readonly media?: readonly { readonly url: string }[];
}

/** @throws RangeError  the closing time is no local time */
export const completionOf = (row: SourceRow): Completion => {
  const { label, text, stamp } = parseClosureText(isBlank(row.closure_reason) ? '' : row.closure_reason);
  const media = photosOf(row.closedphoto);
  return {
    at: instantOf(isBlank(row.closed_dt) ? row.open_dt : row.closed_dt),
    outcome: outcomeOfLabel(label),
    outcomeLabel: label,
    ...(text === '' ? {} : { text }),
    ...(stamp === undefined ? {} : { stamp }),
    ...(media.length === 0 ? {} : { media }),
  };
};
