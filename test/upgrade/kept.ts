import { parse } from 'csv-parse/sync';

import type { Client } from '../server/client.js';
import type { Callers, FiledCase } from './fill.js';

/** What stands beside a kept folder: what its own program answered, and what is needed to ask a later one. */
export interface Kept {
  readonly asOf: string;
  readonly keys: Readonly<Record<keyof Callers, string>>;
  readonly cases: readonly FiledCase[];
  /** Rows of the open data as of `asOf`, each cell by its column. */
  readonly export: readonly Readonly<Record<string, string>>[];
}

const textOfAnswer = async (client: Client, path: string): Promise<string> => {
  const answer = await client.open({ path });
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  if (answer.statusCode !== 200) throw new Error(`${path} was answered ${answer.statusCode ?? '?'}`);
  return Buffer.concat(chunks).toString();
};

export const exportOf = async (client: Client, asOf: string): Promise<Kept['export']> =>
  parse(await textOfAnswer(client, `/open-data/service-requests.csv?asOf=${encodeURIComponent(asOf)}`), {
    columns: true,
  });
