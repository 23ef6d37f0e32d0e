import type { City } from '@city311/city';
import type { View } from '@city311/read-models';

import type { ServiceRequestDoc } from '../views/service-requests/service-requests.view.js';
import { csvLine } from './csv.js';
import { legacyColumns, legacyRow, type LegacyRow } from './legacy-row.js';

export interface ExportRange {
  /** Instants, ISO 8601 UTC; `from` inclusive, `to` exclusive, on the opening. */
  readonly from?: string;
  readonly to?: string;
  /** The cases as they stood then; those opened later are left out. */
  readonly asOf: string;
}

const rowsPerChunk = 200;

/** Public cases by opening time, read in steps; a hundred thousand rows cost no more memory than two hundred. */
export async function* exportedRows(
  view: Pick<View<ServiceRequestDoc>, 'stream'>,
  { from, to, asOf }: ExportRange,
  city: City,
): AsyncGenerator<readonly LegacyRow[]> {
  const openedAt = {
    ...(from === undefined ? {} : { gte: from }),
    ...(to === undefined ? { lte: asOf } : { lt: to }),
  };
  const found = view.stream({
    where: { visibility: 'public', openedAt },
    orderBy: [{ column: 'openedAt', direction: 'asc' }],
  });
  let rows: LegacyRow[] = [];
  for await (const doc of found) {
    if (doc.openedAt > asOf) continue;
    rows.push(legacyRow(doc, asOf, city));
    if (rows.length < rowsPerChunk) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

/**
 * The same chunks, the first one read already: a view that cannot answer is an error before the answer has begun,
 * not a file that breaks off.
 * @throws TransientError  the view is being rebuilt
 */
export const begun = async <Item>(items: AsyncGenerator<Item>): Promise<AsyncGenerator<Item>> => {
  const first = await items.next();
  return (async function* () {
    try {
      if (first.done === true) return;
      yield first.value;
      yield* items;
    } finally {
      await items.return(undefined);
    }
  })();
};

/** Numbers are no texts: a longitude begins with a minus and stays as it is. */
const cellOf = (row: LegacyRow, column: (typeof legacyColumns)[number]): string | number =>
  (column === 'latitude' || column === 'longitude') && row[column] !== '' ? Number(row[column]) : row[column];

export async function* asCsv(chunks: AsyncIterable<readonly LegacyRow[]>): AsyncGenerator<string> {
  yield csvLine(legacyColumns);
  for await (const rows of chunks) {
    yield rows.map((row) => csvLine(legacyColumns.map((column) => cellOf(row, column)))).join('');
  }
}

export async function* asJson(chunks: AsyncIterable<readonly LegacyRow[]>): AsyncGenerator<string> {
  let opening = '[\n';
  for await (const rows of chunks) {
    yield opening + rows.map((row) => JSON.stringify(row)).join(',\n');
    opening = ',\n';
  }
  yield opening === '[\n' ? '[]\n' : '\n]\n';
}
