import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { parse } from 'csv-parse';

import { rowReader, type BlockRow } from './columns.js';

/** Rows of a CSV text stream, one at a time. @throws RangeError  a column is missing; CsvError  it is no CSV */
export async function* readRows(text: Readable): AsyncGenerator<BlockRow> {
  let read: ReturnType<typeof rowReader> | undefined;
  const parser = text.pipe(parse({ bom: true, relax_column_count: true }));
  text.once('error', (cause) => parser.destroy(cause));
  for await (const cells of parser as AsyncIterable<string[]>) {
    if (read === undefined) read = rowReader(cells);
    else yield read(cells);
  }
}

/** Which rows of a file are played: those of one block, and no more than `limit`. */
export interface Selection {
  readonly block?: string;
  readonly limit?: number;
}

/** Rows of a `.csv` or `.csv.gz` file, in file order. */
export async function* readFileRows(path: string, selection: Selection = {}): AsyncGenerator<BlockRow> {
  const { block, limit = Infinity } = selection;
  if (limit <= 0) return;
  const file = createReadStream(path);
  const gunzip = createGunzip();
  const text = path.endsWith('.gz') ? file.pipe(gunzip) : file;
  file.once('error', (cause) => text.destroy(cause));
  let count = 0;
  for await (const found of readRows(text)) {
    if (block !== undefined && found.block !== block) continue;
    yield found;
    count += 1;
    if (count >= limit) return;
  }
}
