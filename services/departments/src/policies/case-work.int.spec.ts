import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { workOrderId } from '@city311/domain-departments';
import { openSqliteEventStore, type EventStore } from '@city311/eventing';
import type { PublicEvent } from '@city311/kernel';
import { newTestEvent } from '@city311/testing';

import { createWorkOrderHandler, workOrderStream } from '../work-orders/work-order-handler.js';
import { CaseWork } from './case-work.js';

const at = '2026-07-01T16:00:00.000Z';
const routeTo = (departmentId: string) => ({
  departmentId,
  queue: `${departmentId}_1`,
  serviceCode: 'pothole',
  priority: 'normal',
  dueAt: null,
});

interface News {
  readonly type: string;
  readonly data: object;
}
const routed = (departmentId: string): News => ({
  type: 'CaseRouted',
  data: { ...routeTo(departmentId), basis: 'rule' },
});
const reopened = (data: object): News => ({ type: 'CaseReopened', data });

const anyNews: fc.Arbitrary<News> = fc.constantFrom(
  routed('PWDx'),
  routed('BTDT'),
  { type: 'CaseRouted', data: { ...routeTo('PWDx'), basis: 'triage' } },
  { type: 'CaseReturnedToTriage', data: {} },
  { type: 'CaseReferred', data: {} },
  { type: 'CaseLinked', data: {} },
  { type: 'CaseUnlinked', data: { route: routeTo('BTDT') } },
  { type: 'CaseUnlinked', data: {} },
  { type: 'CaseWithdrawn', data: {} },
  { type: 'CaseClosed', data: {} },
  reopened({ route: routeTo('PWDx') }),
  reopened({}),
);

describe('The work orders of a case', () => {
  let folder: string;
  let store: EventStore;
  let cases = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'case-work-'));
    store = await openSqliteEventStore({ folder });
  });
  afterAll(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  const newCase = (): string => `26${String((cases += 1)).padStart(10, '0')}`;
  const eventsOf = (caseNumber: string, news: readonly News[]): readonly PublicEvent[] =>
    news.map(({ type, data }, index) => ({
      ...newTestEvent({ ...data, caseNumber }, { type: `intake.${type}.v1`, subject: caseNumber, time: at }),
      ...{ stream: `intake.case-${caseNumber}`, sequence: index + 1, recordedTime: at },
    }));
  /** A policy that remembers nothing, as after a start. */
  const work = (): CaseWork => new CaseWork(store, createWorkOrderHandler(store));
  /** Each order's events, and for whom it was issued. */
  const ordersOf = async (caseNumber: string): Promise<readonly (readonly string[])[]> => {
    const orders: string[][] = [];
    for (let n = 1; ; n += 1) {
      const events = await store.readStream(workOrderStream(workOrderId(caseNumber, n)));
      if (events.length === 0) return orders;
      orders.push(
        events.map(({ type, data }) => {
          const { departmentId = '', reason = '' } = data as { departmentId?: string; reason?: string };
          return [type.slice('departments.WorkOrder'.length, -'.v1'.length), departmentId, reason]
            .filter((part) => part !== '')
            .join(' ');
        }),
      );
    }
  };

  it('follow two moments of it that come in one batch', async () => {
    const caseNumber = newCase();
    await work().follow(eventsOf(caseNumber, [routed('PWDx'), routed('BTDT')]));
    expect(await ordersOf(caseNumber)).toEqual([['Issued PWDx', 'Cancelled case-rerouted'], ['Issued BTDT']]);
  });

  it('are never given two commands of one case at once: the second stands on what the first did', async () => {
    const together: (readonly string[])[] = [];
    const handler = createWorkOrderHandler(store);
    const watched = new CaseWork(store, {
      ...handler,
      handleMany: (items) => {
        together.push(items.map(({ context }) => context.subject));
        return handler.handleMany(items);
      },
    });
    const news = [routed('PWDx'), routed('BTDT'), routed('PWDx')];
    const both = [newCase(), newCase()].map((caseNumber) => eventsOf(caseNumber, news));
    await watched.follow(both.flat());
    expect(together.length).toBeGreaterThan(2);
    for (const subjects of together) expect(new Set(subjects).size).toBe(subjects.length);
  });

  it('are the same whether news comes one by one, in one batch, or all over again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyNews, { minLength: 1, maxLength: 7 }), async (news) => {
        const [single, batch] = [newCase(), newCase()];
        for (const event of eventsOf(single, news)) await work().follow([event]);
        const together = eventsOf(batch, news);
        await work().follow(together);
        const orders = await ordersOf(single);
        expect(await ordersOf(batch)).toEqual(orders);
        await work().follow(together);
        expect(await ordersOf(batch)).toEqual(orders);
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });
});
