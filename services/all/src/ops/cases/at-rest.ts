import { setTimeout as sleep } from 'node:timers/promises';

import type { OpsEngines } from '../open.js';
import { isCut, standings, type Standing } from '../standing.js';

const lookEveryMs = 200;

/** Consumer groups and relays that have events to take; while there are any, cases may look stranded that are not. */
const behind = async (engines: OpsEngines): Promise<readonly Standing[]> =>
  (await standings(engines)).filter(({ group, lag }) => lag > 0 && !group.startsWith('view:'));

/**
 * Waits until no consumer is behind; at once where nobody works for one that is.
 * @returns one sentence for whoever is still behind; null at rest
 */
export const waitForRest = async (engines: OpsEngines, patienceMs: number): Promise<string | null> => {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const [first, ...others] = await behind(engines);
    if (first === undefined) return null;
    const idle = [first, ...others].some(({ holder }) => holder === null);
    if (idle || performance.now() >= deadline) {
      const { group, lag, holder } = first;
      const more = others.length === 0 ? '' : `, and ${others.length} more are behind`;
      const who = holder === null ? 'nobody works for it' : `${holder} works for it`;
      return `${isCut(lag) ? `${lag} or more` : lag} event(s) wait for ${group} (${who})${more}`;
    }
    await sleep(lookEveryMs);
  }
};
