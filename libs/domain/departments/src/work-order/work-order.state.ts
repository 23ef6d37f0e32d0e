import { assertNever } from '@city311/kernel';
import type { Instant, MediaReference, Outcome, WrittenText } from '@city311/kernel';

import type { CancelReason, Order, WorkOrderEvent } from './work-order.events.js';

export type Stage = 'issued' | 'claimed' | 'accepted' | 'scheduled' | 'started' | 'paused';

/**
 * An order that somebody still has to do. It keeps the whole order, not only what `decide` asks for, because a
 * crew's answer is made from this fold and must not wait for a view.
 */
export interface ActiveWorkOrder {
  readonly status: Stage;
  readonly order: Order;
  readonly imported: boolean;
  /** Sequence of the newest case event that led to something here. */
  readonly heard: number;
  readonly claimedBy: string | null;
  readonly scheduledFor: Instant | null;
  /** Why work was last paused; null where it never was. */
  readonly pausedFor: string | null;
  readonly warned: 'no' | 'due-soon' | 'overdue';
}

/** How an order ended; `was` is how it stood before, `words` what was written about it. */
export type EndedWorkOrder = { readonly was: ActiveWorkOrder } & (
  | {
      readonly status: 'completed';
      readonly outcome: Outcome;
      readonly outcomeLabel: string;
      readonly completedAt: Instant;
      readonly words: WrittenText | null;
      readonly media: readonly MediaReference[];
      readonly stamp: string | null;
    }
  | { readonly status: 'handed-back'; readonly words: WrittenText; readonly handedBackAt: Instant }
  | { readonly status: 'cancelled'; readonly reason: CancelReason; readonly heard: number }
);

export type WorkOrder = { readonly status: 'not-issued' } | ActiveWorkOrder | EndedWorkOrder;

export const initialState: WorkOrder = { status: 'not-issued' };

export const isActive = (state: WorkOrder): state is ActiveWorkOrder => 'order' in state;

/** The order's facts at any status; null before it was issued. */
export const factsOf = (state: WorkOrder): ActiveWorkOrder | null =>
  'order' in state ? state : 'was' in state ? state.was : null;

const moved = (active: ActiveWorkOrder, event: WorkOrderEvent): WorkOrder => {
  switch (event.type) {
    case 'WorkOrderIssued':
      return active;
    case 'WorkOrderClaimed':
      return {
        ...active,
        status: active.status === 'issued' ? 'claimed' : active.status,
        claimedBy: event.data.by,
      };
    case 'WorkOrderAccepted':
      return { ...active, status: 'accepted' };
    case 'WorkOrderScheduled':
      return { ...active, status: 'scheduled', scheduledFor: event.data.scheduledFor };
    case 'WorkOrderStarted':
    case 'WorkOrderResumed':
      return { ...active, status: 'started' };
    case 'WorkOrderPaused':
      return { ...active, status: 'paused', pausedFor: event.data.reason };
    case 'WorkOrderCompleted': {
      const { outcome, outcomeLabel, completedAt, text = null, media, stamp = null } = event.data;
      const result = { outcome, outcomeLabel, completedAt, words: text, media, stamp };
      return { status: 'completed', was: active, ...result };
    }
    case 'WorkOrderHandedBack': {
      const { reason, handedBackAt } = event.data;
      return { status: 'handed-back', was: active, words: reason, handedBackAt };
    }
    case 'WorkOrderCancelled':
      return {
        status: 'cancelled',
        was: active,
        reason: event.data.reason,
        heard: event.data.causedBySequence,
      };
    case 'WorkOrderDueSoon':
      return { ...active, warned: active.warned === 'no' ? 'due-soon' : active.warned };
    case 'WorkOrderOverdue':
      return { ...active, warned: 'overdue' };
    case 'WorkOrderConfirmed':
      return { ...active, heard: event.data.causedBySequence };
    default:
      return assertNever(event);
  }
};

export const evolve = (state: WorkOrder, event: WorkOrderEvent): WorkOrder => {
  if (isActive(state)) return moved(state, event);
  if (state.status !== 'not-issued' || event.type !== 'WorkOrderIssued') return state;
  const { causedBySequence: heard, imported, ...order } = event.data;
  const untouched = { claimedBy: null, scheduledFor: null, pausedFor: null, warned: 'no' } as const;
  return { status: 'issued', order, imported, heard, ...untouched };
};
