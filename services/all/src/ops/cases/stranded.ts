import { breachesOf, type Breach, type Known } from '@city311/contracts';
import type { EventStore } from '@city311/eventing';
import { parseStreamName } from '@city311/kernel';

import { scanLog } from '../scan.js';
import { readFamilies, type Families } from './family.js';

const casesAtOnce = 250;

export type MayJoin = Known['mayJoin'];

/** Everything wrong with one case. */
export interface Stranded {
  readonly caseNumber: string;
  readonly breaches: readonly Breach[];
}

/** Of these cases those that are stranded; who follows a case that cannot be read is left alone. */
export const strandedAmong = (
  numbers: readonly string[],
  { cases, orders, unreadable }: Families,
  mayJoin: MayJoin,
): readonly Stranded[] =>
  numbers.flatMap((caseNumber) => {
    const standing = cases.get(caseNumber);
    if (standing === undefined || unreadable.has(standing.parent ?? standing.closedWith ?? '')) return [];
    const breaches = breachesOf(standing, { cases, orders, mayJoin });
    return breaches.length === 0 ? [] : [{ caseNumber, breaches }];
  });

export interface Page {
  /** Cases looked at so far. */
  readonly looked: number;
  readonly unreadable: readonly string[];
  readonly stranded: readonly Stranded[];
}

/** Looks at every case of the log, some at a time: memory does not grow with the log. */
export async function* findStranded(store: EventStore, mayJoin: MayJoin): AsyncGenerator<Page> {
  let looked = 0;
  let waiting: string[] = [];
  const judge = async (numbers: readonly string[]): Promise<Page> => {
    const families = await readFamilies(store, numbers);
    looked += numbers.length;
    return {
      looked,
      unreadable: numbers.filter((number) => families.unreadable.has(number)),
      stranded: strandedAmong(numbers, families, mayJoin),
    };
  };
  for await (const { events } of scanLog(store, ['intake.case'])) {
    for (const { stream, sequence } of events) if (sequence === 0) waiting.push(parseStreamName(stream).id);
    while (waiting.length >= casesAtOnce) yield await judge(waiting.splice(0, casesAtOnce));
  }
  if (waiting.length > 0) yield await judge(waiting);
  waiting = [];
}
