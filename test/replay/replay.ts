import type { Client } from '../server/client.js';
import type { BlockRow } from './columns.js';
import { checkExports, planExports, type ExportFindings } from './export-check.js';
import { defaultLimits, Player, type PlayCounts, type Played, type PlayerLimits } from './player.js';
import { RowStore } from './row-store.js';

export interface ReplayResult {
  readonly rowsIn: number;
  /** Rows left out because their id had been played before. */
  readonly repeatedIds: number;
  readonly played: Played;
  readonly findings: ExportFindings;
}

export interface ReplaySettings {
  readonly limits?: Partial<PlayerLimits>;
  /** One instant for all open cases instead of each block's own. */
  readonly asOf?: string;
  readonly onProgress?: (counts: PlayCounts, seconds: number) => void;
  readonly progressMs?: number;
}

/** Plays the rows on the system behind `client`, waits until it has caught up, and compares its open data with them. */
export const replay = async (
  client: Client,
  source: AsyncIterable<BlockRow> | Iterable<BlockRow>,
  settings: ReplaySettings = {},
): Promise<ReplayResult> => {
  const rows = new RowStore();
  let repeatedIds = 0;
  const kept = async function* (): AsyncGenerator<BlockRow> {
    for await (const found of source) {
      if (rows.add(found.block, found.row)) yield found;
      else repeatedIds += 1;
    }
  };
  const player = new Player(client, { ...defaultLimits, ...settings.limits });
  const startedAt = performance.now();
  const progress = setInterval(() => {
    settings.onProgress?.(player.counts, (performance.now() - startedAt) / 1000);
  }, settings.progressMs ?? 2_000);
  try {
    const played = await player.play(kept());
    const plans = planExports(rows, settings.asOf, new Date().toISOString());
    const findings = await checkExports(client, rows, plans);
    return { rowsIn: rows.size, repeatedIds, played, findings };
  } finally {
    clearInterval(progress);
  }
};
