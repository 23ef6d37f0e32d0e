import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import type { RoutingEvent, WorkOrderEvent } from '@city311/contracts';

import { followRouting } from './follow-routing.js';
import { followWork } from './follow-work.js';

const samples = join(import.meta.dirname, '../../../../libs/contracts/samples');
const sample = <Event extends { readonly type: string }>(type: Event['type'], sequence = 4): Event => ({
  ...(JSON.parse(readFileSync(join(samples, `${type}.json`), 'utf8')) as Event),
  sequence,
});

const following = (type: RoutingEvent['type'], change: object = {}) => {
  const event = sample<RoutingEvent>(type);
  return followRouting({ ...event, data: { ...event.data, ...change } } as RoutingEvent);
};

describe('Following routing', () => {
  it('makes a decision public with its reasons, and remembers which one it followed', () => {
    const { data } = sample<RoutingEvent>('routing.RouteDecided.v1');
    const command = following('routing.RouteDecided.v1');
    expect(command).toMatchObject({
      type: 'RouteCase',
      data: { caseNumber: data.caseNumber, decision: 4, routedAt: data.decidedAt },
    });
    expect(command.data.route).toMatchObject({
      departmentId: data.departmentId,
      basis: 'basis' in data ? data.basis : '',
    });
    for (const name of ['caseNumber', 'ruleSetVersion', 'decidedAt'])
      expect(command.data.route).not.toHaveProperty(name);
  });

  it('gives a case for triage a queue all the same, and haste to emergency words', () => {
    expect(following('routing.SentToTriage.v1', { reason: 'unknown-place' }).data.route).toMatchObject({
      basis: 'triage',
      priority: 'normal',
    });
    const urgent = following('routing.SentToTriage.v1', { reason: 'emergency-words' }).data.route;
    expect(urgent).toMatchObject({ basis: 'triage', priority: 'emergency' });
    expect(urgent).not.toHaveProperty('reason');
  });

  it('refers what lies outside the city', () => {
    expect(following('routing.FoundOutsideCity.v1').data.route).toMatchObject({
      basis: 'outside-city',
      agency: 'outside the city',
    });
  });

  it("takes an older system's route as fact and leaves our opinion in routing", () => {
    const { route } = following('routing.ImportedRouteNoted.v1').data;
    expect(route.basis).toBe('imported');
    expect(route).not.toHaveProperty('opinion');
  });
});

describe('Following the work', () => {
  const command = (type: WorkOrderEvent['type']) => followWork(sample<WorkOrderEvent>(type));

  it.each([
    ['departments.WorkOrderScheduled.v1', 'ScheduleWork'],
    ['departments.WorkOrderStarted.v1', 'StartWork'],
    ['departments.WorkOrderPaused.v1', 'PauseWork'],
    ['departments.WorkOrderResumed.v1', 'ResumeWork'],
    ['departments.WorkOrderCompleted.v1', 'CloseCase'],
    ['departments.WorkOrderHandedBack.v1', 'ReturnToTriage'],
  ] as const)('makes %s public by %s', (type, name) => {
    expect(command(type)).toMatchObject({ kind: 'command', command: { type: name } });
  });

  it.each([
    'departments.WorkOrderIssued.v1',
    'departments.WorkOrderClaimed.v1',
    'departments.WorkOrderAccepted.v1',
    'departments.WorkOrderCancelled.v1',
    'departments.WorkOrderDueSoon.v1',
    'departments.WorkOrderOverdue.v1',
  ] as const)('leaves %s to the department', (type) => {
    expect(command(type)).toEqual({ kind: 'ignored' });
  });

  it('names the step by order and revision, so that a second delivery is known', () => {
    const event = sample<WorkOrderEvent>('departments.WorkOrderStarted.v1');
    expect(followWork(event)).toMatchObject({
      command: { data: { workOrderId: event.data.workOrderId, workOrderRevision: 4 } },
    });
  });

  it('closes at the time of completion, as history where the older system told it', () => {
    const event = sample<WorkOrderEvent>('departments.WorkOrderCompleted.v1');
    if (event.type !== 'departments.WorkOrderCompleted.v1') throw new Error('another sample');
    const { completedAt, workOrderId } = event.data;
    for (const imported of [true, false]) {
      expect(followWork({ ...event, imported })).toMatchObject({
        command: {
          type: 'CloseCase',
          data: { closedAt: completedAt, imported, workOrder: { workOrderId, workOrderRevision: 4 } },
        },
      });
    }
  });
});
