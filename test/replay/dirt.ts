import { isBlank, type SourceRow } from './columns.js';
import { isRealLocalTime } from './local-time.js';
import { trueOntime } from './truth.js';

const badTime = (local: string): boolean => !isBlank(local) && !isRealLocalTime(local);

const kinds: readonly (readonly [string, (row: SourceRow, asOf: string) => boolean])[] = [
  ['closed before open', (row) => !isBlank(row.closed_dt) && row.closed_dt.trim() < row.open_dt.trim()],
  ['target before open', (row) => !isBlank(row.target_dt) && row.target_dt.trim() < row.open_dt.trim()],
  ['ontime blank', (row) => isBlank(row.ontime)],
  [
    'ontime against its own times',
    (row, asOf) => !isBlank(row.ontime) && row.ontime !== trueOntime(row, asOf),
  ],
  ['open with closing words', (row) => row.case_status === 'Open' && !isBlank(row.closure_reason)],
  ['closed without closing words', (row) => row.case_status === 'Closed' && isBlank(row.closure_reason)],
  ['title blank', (row) => isBlank(row.case_title)],
  ['coordinates missing', (row) => isBlank(row.latitude) || isBlank(row.longitude)],
  [
    'address at the "no location" point',
    (row) => row.latitude === '42.3594' && row.longitude === '-71.0587' && !isBlank(row.location),
  ],
  ['ward written "Ward 3"', (row) => /^Ward \d+$/.test(row.ward)],
  ['ward written "03"', (row) => /^0\d$/.test(row.ward)],
  ['ward written "3"', (row) => /^[1-9]$/.test(row.ward)],
  ['police district written "C-11"', (row) => row.police_district.includes('-')],
  ['district 0', (row) => row.city_council_district === '0' || row.neighborhood_services_district === '0'],
  ['precinct not of 4 digits', (row) => !isBlank(row.precinct) && !/^\d{4}$/.test(row.precinct)],
  ['time that never was', (row) => [row.open_dt, row.target_dt, row.closed_dt].some(badTime)],
];

/** What is odd about a row as the city published it, in words; none for a clean one. Never corrected, only listed. */
export const dirtOf = (row: SourceRow, asOf: string): readonly string[] =>
  kinds.filter(([, applies]) => applies(row, asOf)).map(([name]) => name);
