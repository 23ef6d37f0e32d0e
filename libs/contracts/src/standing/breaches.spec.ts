import { describe, expect, it } from '@jest/globals';

import type { WorkOrderEvent } from '../departments.js';
import type { CaseEvent } from '../intake.js';
import { findBreaches, type Breach } from './breaches.js';
import { orderStandingOf, standingOf } from './standing.js';

const [oak, elm, ash] = ['260000000014', '260000000027', '260000000030'];
const potholes = 'Streets:Holes:Pothole';
const lights = 'Streets:Lights:Outage';

type Step = readonly [name: string, data?: object];
interface Told {
  readonly steps: readonly Step[];
  /** Of each order: the names of its events after its issue. */
  readonly orders?: readonly (readonly string[])[];
  readonly service?: string;
}

const opened: Step = ['CaseOpened'];
const routed: Step = ['CaseRouted', { basis: 'rule' }];
const inTriage: Step = ['CaseRouted', { basis: 'triage' }];
const referred: Step = ['CaseReferred'];
const closed: Step = ['CaseClosed'];
const withdrawn: Step = ['CaseWithdrawn'];
const reopened: Step = ['CaseReopened'];
const linked = (parent: string): Step => ['CaseLinked', { parent }];
const unlinked = (parent: string): Step => ['CaseUnlinked', { parent }];
const closedWith = (followedParent: string): Step => ['CaseClosed', { followedParent }];

const caseEvents = (caseNumber: string, { steps, service = potholes }: Told): readonly CaseEvent[] =>
  steps.map(
    ([name, data], sequence) =>
      ({
        type: `intake.${name}.v1`,
        sequence,
        data: { caseNumber, serviceCode: service, ...data },
      }) as unknown as CaseEvent,
  );

const orderEvents = (caseNumber: string, n: number, later: readonly string[]): readonly WorkOrderEvent[] =>
  ['WorkOrderIssued', ...later].map(
    (name, sequence) =>
      ({
        type: `departments.${name}.v1`,
        sequence,
        data: { workOrderId: `${caseNumber}-${n}`, caseNumber, departmentId: 'PWDx' },
      }) as unknown as WorkOrderEvent,
  );

const breachesIn = (told: Readonly<Record<string, Told>>): readonly Breach[] => {
  const all = Object.entries(told);
  const cases = all.flatMap(([number, one]) => standingOf(caseEvents(number, one)) ?? []);
  const orders = all.map(([number, one]) => {
    const folded = (one.orders ?? []).map((later, at) => orderStandingOf(orderEvents(number, at + 1, later)));
    return [number, folded.filter((order) => order !== null)] as const;
  });
  return findBreaches({
    cases: new Map(cases.map((standing) => [standing.caseNumber, standing])),
    orders: new Map(orders),
    mayJoin: (child, parent) => child.serviceCode === parent.serviceCode,
  });
};
const kinds = (told: Readonly<Record<string, Told>>): readonly string[] =>
  breachesIn(told).map(({ caseNumber, kind }) => `${caseNumber} ${kind}`);

const atWork: Told = { steps: [opened, routed], orders: [[]] };
const follower: Told = { steps: [opened, routed, linked(oak)], orders: [['WorkOrderCancelled']] };

describe('Nobody’s case is stranded', () => {
  it.each<[string, Told]>([
    ['has a live order', atWork],
    ['waits in triage', { steps: [opened, inTriage] }],
    [
      'was handed back to triage',
      { steps: [opened, routed, ['CaseReturnedToTriage']], orders: [['WorkOrderHandedBack']] },
    ],
    ['is referred', { steps: [opened, referred] }],
    ['is closed', { steps: [opened, routed, closed], orders: [['WorkOrderCompleted']] }],
    ['is closed, though it was joined to a case that goes on', { steps: [opened, linked(elm), closed] }],
    ['is withdrawn', { steps: [opened, withdrawn] }],
    [
      'came back, and has its second order',
      { steps: [opened, routed, closed, reopened], orders: [['WorkOrderCompleted'], []] },
    ],
    [
      'left the case that it was joined to',
      { steps: [opened, routed, linked(elm), unlinked(elm)], orders: [['WorkOrderCancelled'], []] },
    ],
  ])('where a case %s', (_, told) => {
    expect(kinds({ [oak]: told, [elm]: atWork })).toEqual([]);
  });

  it.each<[string, Told]>([
    ['has a live order', atWork],
    ['waits in triage', { steps: [opened, inTriage] }],
    ['is referred', { steps: [opened, referred] }],
  ])('where a case follows one that %s', (_, parent) => {
    expect(kinds({ [oak]: parent, [elm]: follower, [ash]: follower })).toEqual([]);
  });

  it('where a case was closed with another', () => {
    const parent = { steps: [opened, routed, closed], orders: [['WorkOrderCompleted']] };
    expect(kinds({ [oak]: parent, [elm]: { steps: [...follower.steps, closedWith(oak)] } })).toEqual([]);
  });

  it('is broken by an open case that was never routed, and by one whose department has no live order', () => {
    expect(kinds({ [oak]: { steps: [opened] } })).toEqual([`${oak} not-routed`]);
    expect(kinds({ [oak]: { steps: [opened, withdrawn, reopened] } })).toEqual([`${oak} not-routed`]);
    for (const end of ['WorkOrderCompleted', 'WorkOrderHandedBack', 'WorkOrderCancelled'])
      expect(kinds({ [oak]: { ...atWork, orders: [[end]] } })).toEqual([`${oak} no-order`]);
    expect(kinds({ [oak]: { steps: [opened, routed, closed, reopened] } })).toEqual([`${oak} no-order`]);
  });

  it('is broken by two live orders, and by one of a case that needs none', () => {
    expect(kinds({ [oak]: { ...atWork, orders: [[], ['WorkOrderStarted']] } })).toEqual([
      `${oak} two-orders`,
    ]);
    for (const last of [closed, withdrawn, referred, inTriage])
      expect(kinds({ [oak]: { steps: [opened, routed, last], orders: [[]] } })).toEqual([
        `${oak} needless-order`,
      ]);
    expect(kinds({ [oak]: atWork, [elm]: { ...follower, orders: [[]] } })).toEqual([`${elm} needless-order`]);
  });

  it.each<[string, Told, string]>([
    ['closed', { steps: [opened, routed, closed] }, 'parent-ended'],
    ['withdrawn', { steps: [opened, routed, withdrawn] }, 'parent-ended'],
    ['joined to another', { steps: [opened, routed, linked(ash)] }, 'parent-follows'],
    ['of a service that it may not be joined to', { ...atWork, service: lights }, 'parent-unlike'],
  ])('is broken by a follower of a case that is %s', (_, parent, kind) => {
    expect(kinds({ [oak]: parent, [elm]: follower, [ash]: atWork })).toEqual([`${elm} ${kind}`]);
  });

  it('is broken by a follower of nothing, and by one of a case on which nobody works', () => {
    expect(kinds({ [elm]: follower })).toEqual([`${elm} parent-unknown`]);
    expect(kinds({ [oak]: { ...atWork, orders: [] }, [elm]: follower })).toEqual([
      `${oak} no-order`,
      `${elm} parent-stranded`,
    ]);
  });

  it('is broken by parents that go round, of two and of three', () => {
    const to = (parent: string): Told => ({ steps: [opened, routed, linked(parent)] });
    expect(kinds({ [oak]: to(oak) })).toEqual([`${oak} parents-in-a-circle`]);
    expect(kinds({ [oak]: to(elm), [elm]: to(oak) })).toEqual([
      `${oak} parents-in-a-circle`,
      `${elm} parents-in-a-circle`,
    ]);
    expect(kinds({ [oak]: to(elm), [elm]: to(ash), [ash]: to(oak) })).toHaveLength(3);
    expect(breachesIn({ [oak]: to(elm), [elm]: to(oak) })[0]?.says).toBe(
      `case ${oak} is open (CaseOpened@0) and joined to ${elm} (CaseLinked@2), and its parents go round: ${oak}, ${elm}, ${oak}`,
    );
  });

  it('is broken by a close that followed another’s, once that one goes on or the two are apart', () => {
    const follows = [...follower.steps, closedWith(oak)];
    expect(kinds({ [oak]: atWork, [elm]: { steps: follows } })).toEqual([`${elm} closed-without-parent`]);
    const tookBack = { steps: [opened, routed, closed, reopened, withdrawn] };
    expect(kinds({ [oak]: tookBack, [elm]: { steps: follows } })).toEqual([`${elm} closed-without-parent`]);
    const parent = { steps: [opened, routed, closed] };
    expect(kinds({ [oak]: parent, [elm]: { steps: [...follows, unlinked(oak)] } })).toEqual([
      `${elm} closed-though-apart`,
    ]);
  });

  it('names the events and orders at fault', () => {
    const said = breachesIn({
      [oak]: { steps: [opened, routed, closed] },
      [elm]: { steps: [...follower.steps, closedWith(oak), reopened] },
      [ash]: { steps: [opened, routed, closed], orders: [[]] },
    }).map(({ says }) => says);
    expect(said).toEqual([
      `case ${elm} is open (CaseReopened@4) and joined to ${oak} (CaseLinked@2), which is closed (CaseClosed@2)`,
      `case ${ash} is closed (CaseClosed@2) and still has a live order: ${ash}-1 (PWDx)`,
    ]);
  });
});
