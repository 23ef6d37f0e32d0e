import type { CaseNumber } from '@city311/kernel';

import type { OpsEngines } from '../open.js';
import { waitForRest } from './at-rest.js';
import { readFamilies } from './family.js';
import { mayJoin } from './may-join.js';
import { findStranded, strandedAmong, type Stranded } from './stranded.js';

const restPatienceMs = 30_000;
const casesAtOnce = 250;

export interface Look {
  /** How many cases were looked at. */
  readonly looked: number;
  /** Whether those were all; else time or room ran out. */
  readonly whole: boolean;
  /** Cases with events that this program cannot read, the first of them. */
  readonly unreadable: readonly string[];
  readonly stranded: readonly Stranded[];
  /** One sentence for who is behind and may mend some of it yet; null at rest. */
  readonly moving: string | null;
}

export interface LookOptions {
  /** Looks at this case alone. */
  readonly only?: CaseNumber | undefined;
  /** Stops with what it has after this long. */
  readonly enoughMs?: number;
  /** Stops when so many are stranded; what is over is for the next look. Default 10,000. */
  readonly most?: number;
}

const judgeAgain = async (
  { store, city }: OpsEngines,
  suspects: readonly string[],
): Promise<readonly Stranded[]> => {
  const stranded: Stranded[] = [];
  for (let at = 0; at < suspects.length; at += casesAtOnce) {
    const page = suspects.slice(at, at + casesAtOnce);
    stranded.push(...strandedAmong(page, await readFamilies(store, page), mayJoin(city)));
  }
  return stranded;
};

/**
 * The cases that stay stranded once everybody had time to catch up: what was on its way at the first look is looked at
 * again. Memory does not grow with the log.
 */
export const lookAtCases = async (
  engines: OpsEngines,
  { only, enoughMs = Number.POSITIVE_INFINITY, most = 10_000 }: LookOptions,
): Promise<Look> => {
  const suspects: string[] = [];
  const unreadable: string[] = [];
  const until = performance.now() + enoughMs;
  let looked = 0;
  let whole = true;
  if (only !== undefined) {
    suspects.push(only);
    looked = 1;
  } else {
    for await (const page of findStranded(engines.store, mayJoin(engines.city))) {
      looked = page.looked;
      unreadable.push(...page.unreadable.slice(0, most - unreadable.length));
      suspects.push(...page.stranded.map(({ caseNumber }) => caseNumber));
      whole = suspects.length < most && performance.now() < until;
      if (!whole) break;
    }
  }
  const moving = suspects.length === 0 ? null : await waitForRest(engines, restPatienceMs);
  return { looked, whole, unreadable, stranded: await judgeAgain(engines, suspects), moving };
};
