import { assertNever } from '@city311/kernel';
import type { CaseNumber, Instant } from '@city311/kernel';

import type { Cancel, Confirm, IssueWorkOrder } from '../work-order/work-order.commands.js';
import type { CancelReason, Order } from '../work-order/work-order.events.js';
import { factsOf, isActive } from '../work-order/work-order.state.js';
import type { WorkOrder } from '../work-order/work-order.state.js';

/** Who is to do what by when. */
export type Route = Pick<Order, 'departmentId' | 'queue' | 'serviceCode' | 'priority' | 'dueAt'>;

/** What happened on a case, as far as work orders care. */
export type CaseNews =
  /** `reopened`: the case was closed before, so that an order completed then is no answer to this route. */
  | ({ readonly kind: 'routed'; readonly reopened: boolean } & Route)
  | { readonly kind: 'in-triage' }
  | { readonly kind: 'referred' }
  | { readonly kind: 'linked' }
  /** `route` is null where nobody is to work on the case. */
  | { readonly kind: 'unlinked'; readonly route: Route | null }
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'reopened'; readonly route: Route | null };

/** One piece of news: `sequence` is its place in the case's stream, `at` when it happened. */
export interface CaseMoment {
  readonly caseNumber: CaseNumber;
  readonly sequence: number;
  readonly at: Instant;
  readonly imported: boolean;
  readonly news: CaseNews;
}

/** Commands in the order in which they must be durable (`end` before `begin`), or why there are none. */
export type Reaction =
  | { readonly outcome: 'ignored'; readonly because: Ignored }
  | {
      readonly outcome: 'react';
      readonly end: { readonly workOrderId: string; readonly command: Cancel | Confirm } | null;
      readonly begin: { readonly workOrderId: string; readonly command: IssueWorkOrder } | null;
    };

export type Ignored = 'old-news' | 'no-open-order' | 'work-done' | 'nobody-is-to';

export const workOrderId = (caseNumber: string, n: number): string => `${caseNumber}-${n}`;

const ignored = (because: Ignored): Reaction => ({ outcome: 'ignored', because });

const lastHeard = (order: WorkOrder): number =>
  order.status === 'cancelled' ? order.heard : (factsOf(order)?.heard ?? -1);

/**
 * When the case moves, which work order ends and which begins. A case has at most one order that is not over.
 * @param orders  the case's work orders, first to last: their own streams, folded
 * News older than what the last order has heard is ignored, so that the whole history of a case may be told again;
 * news that got only halfway (the old order ended, the next not issued) is finished.
 */
export const reactTo = (moment: CaseMoment, orders: readonly WorkOrder[]): Reaction => {
  const { caseNumber, sequence, at, imported, news } = moment;
  const current = orders.at(-1) ?? { status: 'not-issued' };
  const open = isActive(current) ? current : null;
  const heard = lastHeard(current);
  const halfDone = current.status === 'cancelled' && heard === sequence;
  if (sequence < heard || (sequence === heard && !halfDone)) return ignored('old-news');

  const cancel = (reason: CancelReason): Extract<Reaction, { outcome: 'react' }>['end'] =>
    open && {
      workOrderId: open.order.workOrderId,
      command: { type: 'Cancel', data: { at, reason, causedBySequence: sequence } },
    };
  const endFor = (reason: CancelReason): Reaction => {
    const end = cancel(reason);
    return end === null ? ignored('no-open-order') : { outcome: 'react', end, begin: null };
  };
  const begin = (wanted: Route): Reaction => {
    if (open !== null && sameOrder(open.order, wanted)) {
      const confirm: Confirm = { type: 'Confirm', data: { at, causedBySequence: sequence } };
      return {
        outcome: 'react',
        end: { workOrderId: open.order.workOrderId, command: confirm },
        begin: null,
      };
    }
    const id = workOrderId(caseNumber, orders.length + 1);
    const data = {
      workOrderId: id,
      caseNumber,
      ...wanted,
      issuedAt: at,
      causedBySequence: sequence,
      imported,
    };
    return {
      outcome: 'react',
      end: cancel('case-rerouted'),
      begin: { workOrderId: id, command: { type: 'IssueWorkOrder', data } },
    };
  };
  switch (news.kind) {
    case 'routed': {
      const { kind: _, reopened, ...wanted } = news;
      return current.status === 'completed' && !reopened ? ignored('work-done') : begin(wanted);
    }
    case 'in-triage':
    case 'referred':
      return endFor('case-rerouted');
    case 'linked':
      return endFor('case-linked');
    case 'withdrawn':
      return endFor('case-withdrawn');
    case 'closed':
      return endFor('case-closed');
    case 'unlinked':
    case 'reopened':
      return news.route === null ? ignored('nobody-is-to') : begin(news.route);
    default:
      return assertNever(news);
  }
};

const sameOrder = (order: Order, wanted: Route): boolean =>
  order.departmentId === wanted.departmentId &&
  order.queue === wanted.queue &&
  order.serviceCode === wanted.serviceCode &&
  order.dueAt === wanted.dueAt;
