import { isBlank, type SourceRow } from './columns.js';
import { localOf } from './local-time.js';

/**
 * What `ontime` must say by the row's own times: OVERDUE where it was closed after its target, or was still open
 * after it at `asOf`; a request without a target is never late.
 */
export const trueOntime = (row: SourceRow, asOf: string): 'ONTIME' | 'OVERDUE' => {
  const target = row.target_dt.trim();
  if (target === '') return 'ONTIME';
  const ended =
    row.case_status === 'Closed' && !isBlank(row.closed_dt) ? row.closed_dt.trim() : localOf(asOf);
  return ended <= target ? 'ONTIME' : 'OVERDUE';
};
