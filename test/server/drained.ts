import { setTimeout as pause } from 'node:timers/promises';

import type { Client } from './client.js';
import { membersOf } from './json.js';

/**
 * Waits until every consumer has handled everything, seen twice in a row without a new event between.
 * False where nothing changes for `stallMs`. The key must be an importer's or operator's.
 */
export const untilDrained = async (client: Client, stallMs = 60_000): Promise<boolean> => {
  let shown = '';
  let changedAt = Date.now();
  let quiet = 0;
  for (;;) {
    const { status, body } = await client.send({ path: '/api/status' });
    if (status !== 200) throw new Error(`GET /api/status answered ${status}`);
    const now = JSON.stringify(body);
    if (now !== shown) changedAt = Date.now();
    quiet = membersOf(body)['drained'] === true ? (now === shown ? quiet + 1 : 1) : 0;
    shown = now;
    if (quiet >= 2) return true;
    if (Date.now() - changedAt > stallMs) return false;
    // Asking costs the server something while it is behind, so ask seldom until it says yes.
    await pause(quiet > 0 ? 30 : 250);
  }
};
