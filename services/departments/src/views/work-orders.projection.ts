import type { WorkOrderEvent } from '@city311/contracts';
import { assertNever, type Instant, type PublicEvent } from '@city311/kernel';
import type { Projection } from '@city311/read-models';

import { placeInLog } from '../work-order.topic.js';
import { dueSoonAt } from './due-soon.js';
import { workOrdersView, type WorkOrderRow } from './work-orders.view.js';

const firstTimer = (issuedAt: Instant, dueAt: Instant | null, imported: boolean): Instant | null =>
  imported || dueAt === null ? null : dueSoonAt(issuedAt, dueAt);

const ended = (row: WorkOrderRow, status: string): WorkOrderRow => ({ ...row, status, timerAt: null });

const moved = (row: WorkOrderRow, event: WorkOrderEvent): WorkOrderRow => {
  switch (event.type) {
    case 'departments.WorkOrderIssued.v1':
      return row;
    case 'departments.WorkOrderClaimed.v1':
      return { ...row, status: row.status === 'issued' ? 'claimed' : row.status, claimedBy: event.data.by };
    case 'departments.WorkOrderAccepted.v1':
      return { ...row, status: 'accepted' };
    case 'departments.WorkOrderScheduled.v1':
      return { ...row, status: 'scheduled', scheduledFor: event.data.scheduledFor };
    case 'departments.WorkOrderStarted.v1':
    case 'departments.WorkOrderResumed.v1':
      return { ...row, status: 'started' };
    case 'departments.WorkOrderPaused.v1':
      return { ...row, status: 'paused' };
    case 'departments.WorkOrderCompleted.v1':
      return ended(row, 'completed');
    case 'departments.WorkOrderHandedBack.v1':
      return ended(row, 'handed-back');
    case 'departments.WorkOrderCancelled.v1':
      return ended(row, 'cancelled');
    case 'departments.WorkOrderDueSoon.v1':
      return { ...row, timerAt: event.data.dueAt };
    case 'departments.WorkOrderOverdue.v1':
      return { ...row, timerAt: null };
    default:
      return assertNever(event);
  }
};

/** The inbox: one row for each work order. */
export const workOrdersProjection: Projection<WorkOrderRow> = {
  view: workOrdersView,
  types: [
    'departments.WorkOrderIssued.v1',
    'departments.WorkOrderClaimed.v1',
    'departments.WorkOrderAccepted.v1',
    'departments.WorkOrderScheduled.v1',
    'departments.WorkOrderStarted.v1',
    'departments.WorkOrderPaused.v1',
    'departments.WorkOrderResumed.v1',
    'departments.WorkOrderCompleted.v1',
    'departments.WorkOrderHandedBack.v1',
    'departments.WorkOrderCancelled.v1',
    'departments.WorkOrderDueSoon.v1',
    'departments.WorkOrderOverdue.v1',
  ],
  keyOf: ({ stream }) => stream.slice(stream.indexOf('-') + 1),
  apply: (row, given: PublicEvent) => {
    const event = given as WorkOrderEvent;
    if (event.type !== 'departments.WorkOrderIssued.v1') return row === null ? null : moved(row, event);
    const { issuedAt, dueAt } = event.data;
    return {
      ...event.data,
      status: 'issued',
      claimedBy: null,
      scheduledFor: null,
      imported: event.imported,
      issuedPosition: placeInLog(event),
      timerAt: firstTimer(issuedAt, dueAt, event.imported),
    };
  },
};
