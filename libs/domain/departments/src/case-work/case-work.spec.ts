import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { fold } from '@city311/kernel';
import type { CaseNumber, ProtectedText } from '@city311/kernel';

import type { WorkOrderCommand } from '../work-order/work-order.commands.js';
import { workOrder } from '../work-order/work-order.decide.js';
import type { WorkOrderEvent } from '../work-order/work-order.events.js';
import { isActive } from '../work-order/work-order.state.js';
import { reactTo } from './case-work.policy.js';
import type { CaseMoment, CaseNews, Route } from './case-work.policy.js';

const caseNumber = '260000000014' as CaseNumber;
const at = '2026-07-01T16:00:00.000Z';

const route = (departmentId = 'PWDx'): Route => ({
  departmentId,
  queue: `${departmentId}_1`,
  priority: 'normal',
  dueAt: null,
  serviceCode: 'pothole',
});
const routed = (departmentId?: string): CaseNews => ({
  kind: 'routed',
  reopened: false,
  ...route(departmentId),
});
const newDueAt = '2026-08-01T16:00:00.000Z';
const reopened: CaseNews = { kind: 'reopened', route: { ...route(), dueAt: newDueAt } };
const unlinked: CaseNews = { kind: 'unlinked', route: route() };

/** The case's orders as streams; a step is either case news or a department's doing on the newest order. */
class Case {
  readonly streams: WorkOrderEvent[][] = [];
  readonly moments: CaseMoment[] = [];

  orders = () => this.streams.map((events) => fold(workOrder, events));

  tell(news: CaseNews) {
    const moment: CaseMoment = { caseNumber, sequence: this.moments.length + 1, at, imported: false, news };
    this.moments.push(moment);
    return this.hear(moment);
  }

  /** What an older moment, told again, leads to as well. */
  hear(moment: CaseMoment) {
    const reaction = reactTo(moment, this.orders());
    if (reaction.outcome === 'react') {
      for (const step of [reaction.end, reaction.begin]) {
        if (step !== null) this.command(Number(step.workOrderId.split('-')[1]) - 1, step.command);
      }
    }
    return reaction;
  }

  command(index: number, command: WorkOrderCommand) {
    const events = this.streams[index] ?? [];
    const answer = workOrder.decide(command, fold(workOrder, events));
    if (answer.outcome === 'accepted' && answer.events.length > 0)
      this.streams[index] = [...events, ...answer.events];
    return answer;
  }

  /** Statuses with department, first order to last. */
  picture = () =>
    this.orders().map((order) =>
      isActive(order)
        ? `${order.status} ${order.order.departmentId}`
        : 'was' in order
          ? `${order.status} ${order.was.order.departmentId}`
          : order.status,
    );
}

const after = (...news: readonly CaseNews[]) => {
  const it = new Case();
  for (const each of news) it.tell(each);
  return it;
};
const complete: WorkOrderCommand = {
  type: 'Complete',
  data: { at, outcome: 'resolved', outcomeLabel: '', media: [] },
};

describe('when a case moves', () => {
  it('is routed: the first order is issued', () => {
    const it = after(routed());
    expect(it.picture()).toEqual(['issued PWDx']);
    expect(it.streams[0]?.[0]).toMatchObject({
      data: { workOrderId: '260000000014-1', causedBySequence: 1 },
    });
  });

  it('is routed elsewhere: the old order is cancelled before the next is issued', () => {
    expect(after(routed(), routed('BTDT')).picture()).toEqual(['cancelled PWDx', 'issued BTDT']);
  });

  it('is routed to where it is: the order stays and has heard it', () => {
    const it = after(routed(), routed());
    expect(it.picture()).toEqual(['issued PWDx']);
    expect(it.streams[0]?.at(-1)).toMatchObject({
      type: 'WorkOrderConfirmed',
      data: { causedBySequence: 2 },
    });
  });

  it('is routed when the work is done: nothing happens', () => {
    const it = after(routed());
    it.command(0, complete);
    expect(it.tell(routed('BTDT'))).toEqual({ outcome: 'ignored', because: 'work-done' });
  });

  it('is routed after it was closed and reopened: a new order, though the last one was completed', () => {
    const it = after(routed());
    it.command(0, complete);
    it.tell({ kind: 'closed' });
    it.tell({ kind: 'reopened', route: null });
    it.tell({ kind: 'routed', reopened: true, ...route('BTDT') });
    expect(it.picture()).toEqual(['completed PWDx', 'issued BTDT']);
  });

  it('is routed elsewhere and only the end of the old order was written: telling it again issues the next', () => {
    const it = after(routed(), routed('BTDT'));
    it.streams.length = 1;
    it.hear({ caseNumber, sequence: 2, at, imported: false, news: routed('BTDT') });
    expect(it.picture()).toEqual(['cancelled PWDx', 'issued BTDT']);
  });

  it.each([
    ['in-triage', 'case-rerouted'],
    ['referred', 'case-rerouted'],
    ['linked', 'case-linked'],
    ['withdrawn', 'case-withdrawn'],
    ['closed', 'case-closed'],
  ] as const)('is %s: an open order is cancelled as %s, else nothing happens', (kind, reason) => {
    const it = after(routed(), { kind });
    expect(it.streams[0]?.at(-1)).toMatchObject({ type: 'WorkOrderCancelled', data: { reason } });
    expect(after().tell({ kind })).toEqual({ outcome: 'ignored', because: 'no-open-order' });
  });

  it('is closed by its own order: nothing is left to cancel', () => {
    const it = after(routed());
    it.command(0, complete);
    expect(it.tell({ kind: 'closed' })).toEqual({ outcome: 'ignored', because: 'no-open-order' });
  });

  it('is reopened: the same department gets the next order with the new due date', () => {
    const it = after(routed());
    it.command(0, complete);
    it.tell({ kind: 'closed' });
    it.tell(reopened);
    expect(it.picture()).toEqual(['completed PWDx', 'issued PWDx']);
    expect(it.streams[1]?.[0]).toMatchObject({
      data: { workOrderId: '260000000014-2', dueAt: newDueAt },
    });
  });

  it('is un-linked: it gets an order again, or its first one where it was routed meanwhile', () => {
    expect(after(routed(), { kind: 'linked' }, unlinked).picture()).toEqual([
      'cancelled PWDx',
      'issued PWDx',
    ]);
    expect(after({ kind: 'linked' }, unlinked).picture()).toEqual(['issued PWDx']);
  });

  it('is un-linked and reopened at once: one order, with the new due date', () => {
    expect(
      after(routed(), { kind: 'linked' }, { kind: 'unlinked', route: null }, reopened).picture(),
    ).toEqual(['cancelled PWDx', 'issued PWDx']);
  });

  it.each(['unlinked', 'reopened'] as const)('is %s and nobody is to work on it: nothing happens', (kind) => {
    expect(after(routed(), { kind: 'linked' }).tell({ kind, route: null })).toMatchObject({
      because: 'nobody-is-to',
    });
  });
});

describe('a case’s orders, whatever happens', () => {
  const news = fc.constantFrom<CaseNews>(
    routed(),
    routed('BTDT'),
    { kind: 'routed', reopened: true, ...route('BTDT') },
    { kind: 'in-triage' },
    { kind: 'referred' },
    { kind: 'linked' },
    unlinked,
    { kind: 'unlinked', route: null },
    { kind: 'reopened', route: null },
    { kind: 'withdrawn' },
    { kind: 'closed' },
    reopened,
  );
  const doing = fc.constantFrom<WorkOrderCommand>(
    complete,
    { type: 'Start', data: { at } },
    {
      type: 'HandBack',
      data: { at, reason: { original: 'o' as ProtectedText, redacted: 'r' as ProtectedText } },
    },
    { type: 'Claim', data: { at, by: 'crew 7' } },
  );
  const steps = fc.array(
    fc.oneof(
      news.map((told) => ({ told })),
      doing.map((done) => ({ done })),
    ),
    { maxLength: 30 },
  );
  const play = (given: readonly ({ told: CaseNews } | { done: WorkOrderCommand })[]) => {
    const it = new Case();
    for (const step of given) {
      if ('told' in step) it.tell(step.told);
      else if (it.streams.length > 0) it.command(it.streams.length - 1, step.done);
      expect(it.orders().filter(isActive).length).toBeLessThanOrEqual(1);
    }
    return it;
  };

  it('are never with two departments at once', () => {
    fc.assert(fc.property(steps, (given) => void play(given)));
  });

  it('stay as they are when the whole history, or its last moment, is told again', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const it = play(given);
        const before = JSON.stringify(it.streams);
        for (const moment of it.moments) it.hear(moment);
        expect(JSON.stringify(it.streams)).toBe(before);
      }),
    );
  });
});
