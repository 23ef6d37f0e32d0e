/** The 29 columns of the older system's open data, in file order. */
export const columns = [
  'case_enquiry_id',
  'open_dt',
  'target_dt',
  'closed_dt',
  'ontime',
  'case_status',
  'closure_reason',
  'case_title',
  'subject',
  'reason',
  'type',
  'queue',
  'department',
  'submittedphoto',
  'closedphoto',
  'location',
  'fire_district',
  'pwd_district',
  'city_council_district',
  'police_district',
  'neighborhood',
  'neighborhood_services_district',
  'ward',
  'precinct',
  'location_street_name',
  'location_zipcode',
  'latitude',
  'longitude',
  'source',
] as const;

export type Column = (typeof columns)[number];

/** One request as the city published it: every cell as text, nothing trimmed. */
export type SourceRow = Readonly<Record<Column, string>>;

/** A source row and the block of the input file that it came from; `''` where the file names none. */
export interface BlockRow {
  readonly block: string;
  readonly row: SourceRow;
}

/** The city writes "nothing here" as an empty cell in some releases and as one space in others. */
export const isBlank = (cell: string): boolean => cell.trim() === '';

/**
 * Reads a record by its header, so that extra columns and another order do no harm.
 * @throws RangeError  the header lacks one of the 29 columns
 */
export const rowReader = (header: readonly string[]): ((cells: readonly string[]) => BlockRow) => {
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0) throw new RangeError(`not a request file, it lacks: ${missing.join(', ')}`);
  const places = columns.map((column) => [column, header.indexOf(column)] as const);
  const blockPlace = header.indexOf('block');
  return (cells) => {
    const row: Partial<Record<Column, string>> = {};
    for (const [column, place] of places) row[column] = cells[place] ?? '';
    return { block: cells[blockPlace] ?? '', row: row as SourceRow };
  };
};
