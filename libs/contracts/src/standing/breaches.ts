/**
 * No case is stranded, checked on where cases and their work orders stand; pure.
 *
 * The model. At rest, when no consumer is behind and nothing is parked, every open case has a live work order, waits in
 * triage, is referred, or follows an open case that does and that its service may be joined to. Whoever follows has no
 * order of its own, and links neither chain nor go round. A close that followed a parent's stands as long as the parent
 * is closed and the case is joined to it. A case that is not open, or not with a department, has no live order.
 *
 * Breaches:
 *   not-routed            open, and neither routed nor referred nor in triage
 *   no-order              open and with a department for itself, and no live order
 *   two-orders            more than one live order
 *   needless-order        a live order of a case that is closed, withdrawn, joined, in triage or referred
 *   parent-unknown        joined to a number that is no case
 *   parents-in-a-circle   going from parent to parent leads back to where one was
 *   parent-follows        joined to a case that is itself joined to another
 *   parent-ended          open, and joined to a case that is closed or withdrawn
 *   parent-unlike         joined to a case of a service that its own may not be joined to
 *   parent-stranded       joined to an open case on which nobody works
 *   closed-without-parent closed because a parent was, and that parent is open or withdrawn
 *   closed-though-apart   closed because a parent was, and no longer joined to it
 *
 * What it cannot see: whether a message is still on its way. Ask when all has come to rest, or ask twice.
 */
import type { CaseNumber } from '@city311/kernel';

import type { CaseStanding, OrderStanding } from './standing.js';

export type BreachKind =
  | 'not-routed'
  | 'no-order'
  | 'two-orders'
  | 'needless-order'
  | 'parent-unknown'
  | 'parents-in-a-circle'
  | 'parent-follows'
  | 'parent-ended'
  | 'parent-unlike'
  | 'parent-stranded'
  | 'closed-without-parent'
  | 'closed-though-apart';

export interface Breach {
  readonly caseNumber: CaseNumber;
  readonly kind: BreachKind;
  /** One sentence that names the events and orders at fault. */
  readonly says: string;
}

/** What must be known of a case to judge it. */
export interface Known {
  /** The cases to judge and every case that one gets to from them by going from parent to parent. */
  readonly cases: ReadonlyMap<string, CaseStanding>;
  /** The orders of all of those, by case number. */
  readonly orders: ReadonlyMap<string, readonly OrderStanding[]>;
  /** Whether a case of the child's service may be joined to one of the parent's. */
  readonly mayJoin: (child: CaseStanding, parent: CaseStanding) => boolean;
}

const holders = { triage: 'waits in triage', referred: 'is referred', nobody: 'was never routed' } as const;

const liveOf = ({ caseNumber }: CaseStanding, { orders }: Known): readonly OrderStanding[] =>
  (orders.get(caseNumber) ?? []).filter(({ isLive }) => isLive);

const namesOf = (orders: readonly OrderStanding[]): string =>
  orders.map(({ workOrderId, departmentId }) => `${workOrderId} (${departmentId})`).join(', ');

/** Somebody works on the case for itself, or it waits where a person will see it. */
const isLookedAfter = (standing: CaseStanding, known: Known): boolean =>
  standing.with === 'triage' || standing.with === 'referred' || liveOf(standing, known).length > 0;

/** The numbers that one gets to from the case by going from parent to parent, up to the first that comes again. */
const wayUp = (standing: CaseStanding, { cases }: Known): readonly string[] => {
  const way: string[] = [standing.caseNumber];
  for (let parent = standing.parent; parent !== null; parent = cases.get(parent)?.parent ?? null) {
    way.push(parent);
    if (way.indexOf(parent) < way.length - 1) break;
  }
  return way;
};

const fault = ({ caseNumber }: CaseStanding, kind: BreachKind, says: string): Breach => ({
  caseNumber,
  kind,
  says: `case ${caseNumber} ${says}`,
});

const ofFollower = (standing: CaseStanding, number: CaseNumber, known: Known): Breach | null => {
  const joined = `is open (${standing.statusBy}) and joined to ${number} (${standing.parentBy ?? ''})`;
  const parent = known.cases.get(number);
  if (parent === undefined) return fault(standing, 'parent-unknown', `${joined}, which is no case`);
  const way = wayUp(standing, known);
  if (way.indexOf(way.at(-1) ?? '') < way.length - 1)
    return fault(standing, 'parents-in-a-circle', `${joined}, and its parents go round: ${way.join(', ')}`);
  if (parent.parent !== null)
    return fault(
      standing,
      'parent-follows',
      `${joined}, which is itself joined to ${parent.parent} (${parent.parentBy ?? ''})`,
    );
  if (parent.status !== 'open')
    return fault(standing, 'parent-ended', `${joined}, which is ${parent.status} (${parent.statusBy})`);
  if (!known.mayJoin(standing, parent))
    return fault(
      standing,
      'parent-unlike',
      `${joined}, but is of service ${standing.serviceCode}, and the other of ${parent.serviceCode}`,
    );
  return isLookedAfter(parent, known)
    ? null
    : fault(standing, 'parent-stranded', `${joined}, on which nobody works (${parent.withBy})`);
};

const ofOpen = (standing: CaseStanding, known: Known): Breach | null => {
  if (standing.parent !== null) return ofFollower(standing, standing.parent, known);
  if (isLookedAfter(standing, known)) return null;
  const since = `is open (${standing.statusBy})`;
  return standing.with === 'nobody'
    ? fault(standing, 'not-routed', `${since} and was never routed`)
    : fault(
        standing,
        'no-order',
        `${since} and with a department (${standing.withBy}) that has no live order`,
      );
};

const ofClosed = (standing: CaseStanding, { cases }: Known): Breach | null => {
  const { closedWith, parent, statusBy } = standing;
  if (standing.status !== 'closed' || closedWith === null) return null;
  const closed = `was closed (${statusBy}) because ${closedWith} was`;
  if (parent !== closedWith)
    return fault(
      standing,
      'closed-though-apart',
      `${closed}, and is no longer joined to it (${standing.parentBy ?? 'it never was'})`,
    );
  const other = cases.get(closedWith);
  if (other === undefined) return fault(standing, 'parent-unknown', `${closed}, which is no case`);
  return other.status === 'closed'
    ? null
    : fault(standing, 'closed-without-parent', `${closed}, which is ${other.status} (${other.statusBy})`);
};

/** Why the case needs no order of its own; null where it is with a department for itself. */
const needsNone = (standing: CaseStanding): string | null => {
  if (standing.status !== 'open') return `is ${standing.status} (${standing.statusBy})`;
  if (standing.parent !== null) return `is joined to ${standing.parent} (${standing.parentBy ?? ''})`;
  return standing.with === 'department' ? null : `${holders[standing.with]} (${standing.withBy})`;
};

const ofOrders = (standing: CaseStanding, known: Known): readonly Breach[] => {
  const live = liveOf(standing, known);
  const why = needsNone(standing);
  return [
    ...(live.length > 1
      ? [fault(standing, 'two-orders', `has ${live.length} live orders: ${namesOf(live)}`)]
      : []),
    ...(live.length > 0 && why !== null
      ? [fault(standing, 'needless-order', `${why} and still has a live order: ${namesOf(live)}`)]
      : []),
  ];
};

/** Everything about one case that the model excludes; empty where it is as it should be. */
export const breachesOf = (standing: CaseStanding, known: Known): readonly Breach[] => {
  const own = standing.status === 'open' ? ofOpen(standing, known) : ofClosed(standing, known);
  return [...(own === null ? [] : [own]), ...ofOrders(standing, known)];
};

/** Breaches of all known cases, in the order in which they are known. */
export const findBreaches = (known: Known): readonly Breach[] =>
  [...known.cases.values()].flatMap((standing) => breachesOf(standing, known));
