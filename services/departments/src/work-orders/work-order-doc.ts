import { factsOf, isActive, type WorkOrder } from '@city311/domain-departments';
import type { Instant } from '@city311/kernel';

import type { WorkOrderRow } from '../views/work-orders.view.js';

/** A work order as the inbox answers it. `overdue`: still to be done and past its due instant, when asked. */
export interface WorkOrderDoc {
  readonly workOrderId: string;
  readonly caseNumber: string;
  readonly departmentId: string;
  readonly queue: string;
  readonly serviceCode: string;
  readonly priority: string;
  readonly dueAt: Instant | null;
  readonly status: string;
  readonly claimedBy?: string;
  readonly scheduledFor?: Instant;
  readonly issuedAt: Instant;
  readonly overdue: boolean;
  readonly imported: boolean;
}

export const isOver = (status: string): boolean =>
  status === 'completed' || status === 'handed-back' || status === 'cancelled';

const isOverdue = (status: string, dueAt: Instant | null, now: Instant): boolean =>
  dueAt !== null && dueAt < now && !isOver(status);

/** From the fold of its stream; null where it was never issued. */
export const docOfState = (state: WorkOrder, now: Instant): WorkOrderDoc | null => {
  const facts = factsOf(state);
  if (facts === null) return null;
  const { order, claimedBy, scheduledFor, imported } = facts;
  const status = isActive(state) ? facts.status : state.status;
  return {
    ...order,
    status,
    ...(claimedBy === null ? {} : { claimedBy }),
    ...(scheduledFor === null ? {} : { scheduledFor }),
    overdue: isOverdue(status, order.dueAt, now),
    imported,
  };
};

/** From the inbox view. */
export const docOfRow = (row: WorkOrderRow, now: Instant): WorkOrderDoc => {
  const { claimedBy, scheduledFor, issuedPosition: _place, timerAt: _timer, ...doc } = row;
  return {
    ...doc,
    ...(claimedBy === null ? {} : { claimedBy }),
    ...(scheduledFor === null ? {} : { scheduledFor }),
    overdue: isOverdue(row.status, row.dueAt, now),
  };
};
