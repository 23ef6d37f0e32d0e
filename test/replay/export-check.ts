import type { Readable } from 'node:stream';

import { unguardedCell } from '@city311/contracts';

import type { Client } from '../server/client.js';
import { asOfForBlock } from './blocks.js';
import { columns, type SourceRow } from './columns.js';
import { Comparison } from './comparison.js';
import { dirtOf } from './dirt.js';
import { instantOf } from './local-time.js';
import { readRows } from './read-rows.js';
import type { RowStore } from './row-store.js';

/** One export: its open cases judged at `asOf`, its rows opened from `from` to `to` (local dates). */
export interface ExportPlan {
  readonly asOf: string;
  readonly from: string;
  readonly to: string;
  readonly blocks: readonly string[];
}

/** Each block is judged at its own instant, so each gets its own export. Blocks that no table knows: at `now`. */
export const planExports = (
  rows: RowStore,
  fixedAsOf: string | undefined,
  now: string,
): readonly ExportPlan[] => {
  const plans = new Map<string, { asOf: string; from: string; to: string; blocks: string[] }>();
  for (const id of rows.ids()) {
    const kept = rows.get(id);
    if (kept === undefined) continue;
    const asOf = fixedAsOf ?? asOfForBlock(kept.block) ?? now;
    const day = kept.row.open_dt.trim().slice(0, 10);
    const plan = plans.get(asOf) ?? { asOf, from: day, to: day, blocks: [] };
    if (day < plan.from) plan.from = day;
    if (day > plan.to) plan.to = day;
    if (!plan.blocks.includes(kept.block)) plan.blocks.push(kept.block);
    plans.set(asOf, plan);
  }
  return [...plans.values()];
};

export interface ExportFindings {
  readonly comparison: Comparison;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly closedIn: number;
  readonly closedOut: number;
  /** What is odd in the input, with the number of rows and the first few ids. */
  readonly dirt: ReadonlyMap<string, { readonly count: number; readonly ids: readonly string[] }>;
  readonly seconds: number;
}

const exportOf = async (client: Client, { asOf, from, to }: ExportPlan): Promise<Readable> => {
  const query = new URLSearchParams({ asOf, from, to });
  const path = `/open-data/service-requests.csv?${query.toString()}`;
  const answer = await client.open({ path, timeoutMs: 300_000 });
  if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode ?? 0}`);
  return answer;
};

/** The row as the city has it: in the file an apostrophe stands before texts that would be formulas. */
const asTold = (exported: SourceRow): SourceRow => {
  const told: Partial<Record<keyof SourceRow, string>> = {};
  for (const column of columns) told[column] = unguardedCell(exported[column]);
  return told as SourceRow;
};

/** Fetches the exports and holds them against the rows played, by `case_enquiry_id`. Other cases are left out. */
export const checkExports = async (
  client: Client,
  rows: RowStore,
  plans: readonly ExportPlan[],
): Promise<ExportFindings> => {
  const startedAt = performance.now();
  const comparison = new Comparison();
  const seen = new Set<string>();
  const doubled: string[] = [];
  const dirt = new Map<string, { count: number; ids: string[] }>();
  let closedOut = 0;
  for (const plan of plans) {
    for await (const { row } of readRows(await exportOf(client, plan))) {
      const exported = asTold(row);
      const id = exported.case_enquiry_id;
      const kept = rows.get(id);
      if (kept === undefined || !plan.blocks.includes(kept.block)) continue;
      if (seen.has(id)) {
        doubled.push(id);
        continue;
      }
      seen.add(id);
      comparison.add(kept.row, exported, plan.asOf);
      if (exported.case_status === 'Closed') closedOut += 1;
      for (const kind of dirtOf(kept.row, plan.asOf)) {
        const found = dirt.get(kind) ?? { count: 0, ids: [] };
        found.count += 1;
        if (found.ids.length < 5) found.ids.push(id);
        dirt.set(kind, found);
      }
    }
  }
  let closedIn = 0;
  for (const id of rows.ids()) if (rows.get(id)?.row.case_status === 'Closed') closedIn += 1;
  const lost = [...rows.ids()].filter((id) => !seen.has(id));
  const seconds = (performance.now() - startedAt) / 1000;
  return { comparison, lost, doubled, closedIn, closedOut, dirt, seconds };
};

/** An `--as-of` as given: an ISO instant, or a Boston wall-clock time or date. @throws RangeError  neither */
export const asOfInstant = (given: string): string => {
  if (/^\d{4}-\d\d-\d\d$/.test(given)) return instantOf(`${given} 00:00:00`);
  if (/(Z|[+-]\d\d:\d\d)$/.test(given) && !Number.isNaN(Date.parse(given)))
    return new Date(given).toISOString();
  return instantOf(given);
};
