import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { RoutingEvent, WorkOrderEvent } from '@city311/contracts';
import type { CaseCommand } from '@city311/domain-intake';
import { PoisonMessageError, streamName, type CaseNumber, type PublicEvent } from '@city311/kernel';

import {
  boston,
  channel,
  noon,
  openIntake,
  remove,
  submitted,
  tempFolder,
  type OpenIntake,
} from '../intake.spec-support.js';
import { FollowParent } from '../incidents/follow-parent.js';
import { JoinCases } from '../incidents/join-cases.js';
import { IncidentsConsumer } from './incidents.consumer.js';
import { RoutingConsumer } from './routing.consumer.js';
import { WorkOrdersConsumer } from './work-orders.consumer.js';

const samples = join(import.meta.dirname, '../../../../libs/contracts/samples');
const after = (minutes: number): string => new Date(Date.parse(noon) + minutes * 60_000).toISOString();

let folder: string;
let intake: OpenIntake;
let incidents: IncidentsConsumer;
let routing: RoutingConsumer;
let workOrders: WorkOrdersConsumer;

beforeEach(async () => {
  folder = await tempFolder();
  intake = await openIntake(folder);
  incidents = new IncidentsConsumer(
    intake.cases,
    intake.incidents,
    new FollowParent(intake.cases, boston),
    boston,
  );
  routing = new RoutingConsumer(intake.cases);
  workOrders = new WorkOrdersConsumer(intake.cases);
});

afterEach(async () => {
  await intake.close();
  await remove(folder);
});

const open = async (id: string): Promise<CaseNumber> => {
  const [result] = await intake.events.take([submitted(id)], channel);
  return (result?.caseNumber ?? '') as CaseNumber;
};
const sample = <Event extends PublicEvent>(
  type: Event['type'],
  caseNumber: CaseNumber,
  change: object,
  sequence: number,
): Event => {
  const event = JSON.parse(readFileSync(join(samples, `${type}.json`), 'utf8')) as Event;
  const data = { ...(event.data as object), caseNumber, ...change };
  return { ...event, subject: caseNumber, imported: false, sequence, data };
};
const routed = (caseNumber: CaseNumber, sequence = 0): Promise<unknown> =>
  routing.onRouting(
    sample<RoutingEvent>('routing.RouteDecided.v1', caseNumber, { departmentId: 'PWDx' }, sequence),
  );
const completed = (caseNumber: CaseNumber, completedAt: string, sequence = 3): Promise<unknown> =>
  workOrders.onWorkOrder(
    sample<WorkOrderEvent>(
      'departments.WorkOrderCompleted.v1',
      caseNumber,
      { workOrderId: `${caseNumber}-1`, completedAt },
      sequence,
    ),
  );
const envelope = (time: string) => ({
  source: '/intake',
  time,
  actor: 'key:desk',
  jurisdiction: boston.jurisdiction,
  imported: false,
  correlationId: 'c',
});
const tell = async (caseNumber: CaseNumber, command: CaseCommand, time = noon): Promise<void> => {
  const handled = await intake.cases.handle(streamName('intake.case', caseNumber), command, {
    ...envelope(time),
    subject: caseNumber,
  });
  if (handled.outcome === 'refused') throw new Error(handled.refusal.code);
};
const link = async (caseNumber: CaseNumber, parent: CaseNumber): Promise<void> => {
  const joining = new JoinCases(intake.cases, boston);
  const refusal = await joining.join({ caseNumber, parent, at: noon }, envelope(noon));
  if (refusal !== null) throw new Error(refusal.code);
};
const unlink = (caseNumber: CaseNumber, parent: CaseNumber): Promise<void> =>
  tell(caseNumber, {
    type: 'UnlinkCase',
    data: { caseNumber, parent, unlinkedAt: after(1), dueAtIfReopened: null },
  });
const close = (caseNumber: CaseNumber, closedAt = after(2)): Promise<void> =>
  tell(
    caseNumber,
    {
      type: 'CloseCase',
      data: { caseNumber, outcome: 'resolved', outcomeLabel: '', media: [], closedAt, imported: false },
    },
    closedAt,
  );
/** Gives the consumer the newest event of this type, as its topic would. */
const hear = async (caseNumber: CaseNumber, type: string): Promise<unknown> => {
  const event = (await intake.published(caseNumber)).findLast((one) => one.type === `intake.${type}.v1`);
  if (event === undefined) throw new Error(`no ${type}`);
  return incidents.onCase(event);
};
const types = async (caseNumber: CaseNumber) => (await intake.stored(caseNumber)).map(({ type }) => type);
const lastOf = async (caseNumber: CaseNumber) => (await intake.stored(caseNumber)).at(-1);

describe('A duplicate', () => {
  it('linked first closes with its parent', async () => {
    const [parent, child] = [await open('p'), await open('c')];
    await link(child, parent);
    await hear(child, 'CaseLinked');
    expect(await types(child)).toEqual(['CaseOpened', 'CaseLinked']);
    await close(parent);
    await hear(parent, 'CaseClosed');
    expect(await lastOf(child)).toMatchObject({
      type: 'CaseClosed',
      data: { outcome: 'duplicate', followedParent: parent, closedAt: after(2) },
    });
  });

  it('linked to a parent that is closed already closes at once', async () => {
    const [parent, child] = [await open('p'), await open('c')];
    await close(parent);
    await hear(parent, 'CaseClosed');
    await link(child, parent);
    await hear(child, 'CaseLinked');
    expect(await lastOf(child)).toMatchObject({ type: 'CaseClosed', data: { followedParent: parent } });
  });

  it('closes once when link and close are heard at the same moment, and heard again', async () => {
    const [parent, child] = [await open('p'), await open('c')];
    await link(child, parent);
    await close(parent);
    await Promise.all([hear(child, 'CaseLinked'), hear(parent, 'CaseClosed')]);
    await hear(child, 'CaseLinked');
    await hear(parent, 'CaseClosed');
    expect(await types(child)).toEqual(['CaseOpened', 'CaseLinked', 'CaseClosed']);
  });

  it('un-linked before the close stays open', async () => {
    const [parent, child] = [await open('p'), await open('c')];
    await link(child, parent);
    await hear(child, 'CaseLinked');
    await unlink(child, parent);
    await hear(child, 'CaseUnlinked');
    await close(parent);
    await hear(parent, 'CaseClosed');
    expect(await types(child)).toEqual(['CaseOpened', 'CaseLinked', 'CaseUnlinked']);
  });

  it('un-linked stays open also where that is heard after the close', async () => {
    const [parent, child] = [await open('p'), await open('c')];
    await link(child, parent);
    await hear(child, 'CaseLinked');
    await unlink(child, parent);
    await close(parent);
    await hear(parent, 'CaseClosed');
    await hear(child, 'CaseUnlinked');
    expect(await types(child)).toEqual(['CaseOpened', 'CaseLinked', 'CaseUnlinked']);
  });

  it('opened after its parent was closed closes no sooner than it was opened', async () => {
    const parent = await open('p');
    await close(parent, after(1));
    intake.clock.advance(10 * 60_000);
    const child = await open('c');
    await link(child, parent);
    await hear(child, 'CaseLinked');
    expect(await lastOf(child)).toMatchObject({ type: 'CaseClosed', data: { closedAt: after(10) } });
  });
});

describe('A work order', () => {
  it('completed closes its case, told twice once', async () => {
    const caseNumber = await open('a');
    await routed(caseNumber);
    expect(await completed(caseNumber, after(5))).toBe('handled');
    expect(await completed(caseNumber, after(5))).toBe('duplicate');
    expect(await types(caseNumber)).toEqual(['CaseOpened', 'CaseRouted', 'CaseClosed']);
  });

  it('completed before the running clock began closes the case at its beginning', async () => {
    const caseNumber = await open('a');
    await routed(caseNumber);
    expect(await completed(caseNumber, after(-90))).toBe('handled');
    expect(await lastOf(caseNumber)).toMatchObject({ type: 'CaseClosed', data: { closedAt: noon } });
    const [event] = (await intake.published(caseNumber)).slice(-1);
    expect(event?.time).toBe(noon);
  });

  it('completed after the case ended otherwise needs no follow-up', async () => {
    const caseNumber = await open('a');
    await routed(caseNumber);
    await tell(caseNumber, {
      type: 'WithdrawCase',
      data: { caseNumber, withdrawnAt: after(1), by: 'staff' },
    });
    expect(await completed(caseNumber, after(5))).toBe('handled');
    expect(await types(caseNumber)).toEqual(['CaseOpened', 'CaseRouted', 'CaseWithdrawn']);
  });

  it('of a case that was never opened is poison', async () => {
    const caseNumber = '260000009996' as CaseNumber;
    expect(await completed(caseNumber, after(5))).toEqual({ error: expect.any(PoisonMessageError) });
  });
});

describe('A route', () => {
  it('is made public once, and an older one not any more', async () => {
    const caseNumber = await open('a');
    expect(await routed(caseNumber, 2)).toBe('handled');
    expect(await routed(caseNumber, 2)).toBe('duplicate');
    expect(await routed(caseNumber, 1)).toBe('duplicate');
    expect(await types(caseNumber)).toEqual(['CaseOpened', 'CaseRouted']);
  });

  it('is caused by the decision and carries its correlation', async () => {
    const caseNumber = await open('a');
    const decision = sample<RoutingEvent>('routing.RouteDecided.v1', caseNumber, {}, 0);
    await routing.onRouting(decision);
    const event = (await intake.published(caseNumber)).at(-1);
    expect(event).toMatchObject({
      actor: 'policy:follow-routing',
      causationId: decision.id,
      correlationId: decision.correlationId,
    });
  });

  it('that comes after the close is kept for a reopening', async () => {
    const caseNumber = await open('a');
    await close(caseNumber);
    expect(await routed(caseNumber)).toBe('handled');
    expect(await lastOf(caseNumber)).toMatchObject({ type: 'CaseRouted', data: { closedMeanwhile: true } });
  });

  it('that comes after the report was taken back needs no follow-up', async () => {
    const caseNumber = await open('a');
    await tell(caseNumber, {
      type: 'WithdrawCase',
      data: { caseNumber, withdrawnAt: after(1), by: 'staff' },
    });
    expect(await routed(caseNumber)).toBe('handled');
    expect(await types(caseNumber)).toEqual(['CaseOpened', 'CaseWithdrawn']);
  });

  it('of a case that was never opened is poison', async () => {
    const outcome = await routed('260000009996' as CaseNumber);
    expect(outcome).toEqual({ error: expect.any(PoisonMessageError) });
  });
});
