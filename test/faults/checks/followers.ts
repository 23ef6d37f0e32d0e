import { loadCity } from '@city311/city';
import {
  breachesOf,
  orderStandingOf,
  standingOf,
  type BreachKind,
  type CaseEvent,
  type CaseStanding,
  type OrderStanding,
  type WorkOrderEvent,
} from '@city311/contracts';

import type { Anomaly } from '../history.js';
import { idOf, nameOf, type Log, type Placed } from '../log-model.js';
import { caseOf } from './fates.js';

/** What a case by itself breaks is looked for in its fate. */
const ofItself: ReadonlySet<BreachKind> = new Set(['not-routed', 'no-order', 'two-orders', 'needless-order']);

const eventsOf = <Event>(placed: readonly Placed[]): readonly Event[] =>
  placed.map(({ event }) => event as unknown as Event);

/** Promise 1, of joined cases: each follows an open case on which somebody works, or ended as that one did. */
export const checkFollowers = (log: Log): readonly Anomaly[] => {
  const cases = new Map(
    log.of('intake.case').flatMap((events) => {
      const standing = standingOf(eventsOf<CaseEvent>(events));
      return standing === null ? [] : [[idOf(events[0]?.event.stream ?? ''), standing] as const];
    }),
  );
  const orders = new Map<string, OrderStanding[]>();
  for (const events of log.of('departments.workorder')) {
    const standing = orderStandingOf(eventsOf<WorkOrderEvent>(events));
    if (standing === null) continue;
    const caseNumber = caseOf(events);
    orders.set(caseNumber, [...(orders.get(caseNumber) ?? []), standing]);
  }
  const city = loadCity('boston');
  const known = {
    cases,
    orders,
    mayJoin: (child: CaseStanding, parent: CaseStanding) =>
      city.mayJoin(child.serviceCode, parent.serviceCode),
  };
  return [...cases].flatMap(([caseNumber, standing]) =>
    breachesOf(standing, known).flatMap(({ kind, says }) => {
      if (ofItself.has(kind)) return [];
      const ends = [caseNumber, standing.parent ?? standing.closedWith ?? ''].flatMap((number) =>
        log.stream(`intake.case-${number}`).slice(-1),
      );
      return [{ promise: 1, code: kind, says, events: ends.map(nameOf) } as const];
    }),
  );
};
