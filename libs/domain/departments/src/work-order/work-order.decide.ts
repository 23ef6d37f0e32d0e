import { accept, assertNever, refuse } from '@city311/kernel';
import type { Decider, Decision, MediaReference } from '@city311/kernel';

import type {
  Cancel,
  Claim,
  Complete,
  Confirm,
  IssueWorkOrder,
  Pause,
  Schedule,
  WorkOrderCommand,
} from './work-order.commands.js';
import type { Caused, Moved, WorkOrderEvent } from './work-order.events.js';
import { evolve, initialState, isActive } from './work-order.state.js';
import type { ActiveWorkOrder, EndedWorkOrder, Stage, WorkOrder } from './work-order.state.js';

export type WorkOrderRefusal =
  | { readonly code: 'not-issued' }
  | { readonly code: 'already-issued'; readonly departmentId: string }
  | { readonly code: 'claimed-by-another'; readonly by: string }
  | { readonly code: 'work-under-way' }
  | { readonly code: 'work-paused' }
  | { readonly code: 'paused-otherwise'; readonly reason: string | null }
  | { readonly code: 'not-started'; readonly status: Stage }
  | { readonly code: 'work-order-over'; readonly status: EndedWorkOrder['status'] };

type Answer = Decision<WorkOrderEvent, WorkOrderRefusal>;

const issue = ({ data }: IssueWorkOrder, state: WorkOrder): Answer => {
  if (state.status === 'not-issued') return accept({ type: 'WorkOrderIssued', data });
  const { order } = isActive(state) ? state : state.was;
  return order.departmentId === data.departmentId && order.queue === data.queue
    ? accept()
    : refuse({ code: 'already-issued', departmentId: order.departmentId });
};

const claim = ({ data }: Claim, state: ActiveWorkOrder, moved: Moved): Answer => {
  if (state.claimedBy === data.by) return accept();
  if (state.claimedBy !== null) return refuse({ code: 'claimed-by-another', by: state.claimedBy });
  return accept({ type: 'WorkOrderClaimed', data: { ...moved, by: data.by } });
};

const schedule = ({ data }: Schedule, state: ActiveWorkOrder, moved: Moved): Answer => {
  if (state.status === 'started') return refuse({ code: 'work-under-way' });
  return state.status === 'scheduled' && state.scheduledFor === data.scheduledFor
    ? accept()
    : accept({ type: 'WorkOrderScheduled', data: { ...moved, scheduledFor: data.scheduledFor } });
};

const start = (state: ActiveWorkOrder, moved: Moved): Answer => {
  if (state.status === 'paused') return refuse({ code: 'work-paused' });
  return state.status === 'started' ? accept() : accept({ type: 'WorkOrderStarted', data: moved });
};

const pause = ({ data: { reason } }: Pause, state: ActiveWorkOrder, moved: Moved): Answer => {
  if (state.status === 'started') return accept({ type: 'WorkOrderPaused', data: { ...moved, reason } });
  if (state.status !== 'paused') return refuse({ code: 'not-started', status: state.status });
  return state.pausedFor === reason
    ? accept()
    : refuse({ code: 'paused-otherwise', reason: state.pausedFor });
};

const complete = ({ data }: Complete, { order: { workOrderId, caseNumber } }: ActiveWorkOrder): Answer => {
  const { at: completedAt, ...result } = data;
  return accept({ type: 'WorkOrderCompleted', data: { workOrderId, caseNumber, ...result, completedAt } });
};

const caused = ({ data }: Cancel | Confirm): Caused => ({ causedBySequence: data.causedBySequence });

const whileActive = (command: Exclude<WorkOrderCommand, IssueWorkOrder>, state: ActiveWorkOrder): Answer => {
  const { workOrderId, caseNumber, departmentId } = state.order;
  const { at } = command.data;
  const moved: Moved = { workOrderId, caseNumber, at };
  switch (command.type) {
    case 'Claim':
      return claim(command, state, moved);
    case 'Accept':
      return state.status === 'issued' || state.status === 'claimed'
        ? accept({ type: 'WorkOrderAccepted', data: moved })
        : accept(); // scheduling or starting it said so already
    case 'Schedule':
      return schedule(command, state, moved);
    case 'Start':
      return start(state, moved);
    case 'Pause':
      return pause(command, state, moved);
    case 'Resume':
      if (state.status === 'started') return accept();
      return state.status === 'paused'
        ? accept({ type: 'WorkOrderResumed', data: moved })
        : refuse({ code: 'not-started', status: state.status });
    case 'Complete':
      return complete(command, state);
    case 'HandBack': {
      const { reason } = command.data;
      const data = { workOrderId, caseNumber, departmentId, reason, handedBackAt: at };
      return accept({ type: 'WorkOrderHandedBack', data });
    }
    case 'Cancel':
      return accept({
        type: 'WorkOrderCancelled',
        data: { ...moved, ...caused(command), reason: command.data.reason },
      });
    case 'Confirm':
      return command.data.causedBySequence <= state.heard
        ? accept()
        : accept({ type: 'WorkOrderConfirmed', data: { ...moved, ...caused(command) } });
    case 'NoteDueSoon':
    case 'NoteOverdue': {
      const { dueAt } = command.data;
      // A timer that fires again, late, or for a date that no longer holds says nothing new.
      if (state.imported || dueAt !== state.order.dueAt || state.warned === 'overdue') return accept();
      if (command.type === 'NoteOverdue') {
        return at < dueAt ? accept() : accept({ type: 'WorkOrderOverdue', data: { ...moved, dueAt } });
      }
      return state.warned === 'due-soon' || at >= dueAt
        ? accept()
        : accept({ type: 'WorkOrderDueSoon', data: { ...moved, dueAt } });
    }
    default:
      return assertNever(command);
  }
};

const isSamePhoto = (one: MediaReference, other: MediaReference): boolean =>
  one.kind === 'stored'
    ? other.kind === 'stored' && one.sha256 === other.sha256
    : other.kind === 'external' && one.url === other.url;

/** Whether nothing is said that is not recorded; words are protected, whoever can read them compares those. */
const isSaidAgain = ({ data }: Complete, state: EndedWorkOrder): boolean =>
  state.status === 'completed' &&
  state.outcome === data.outcome &&
  state.outcomeLabel === data.outcomeLabel &&
  (data.stamp === undefined || data.stamp === state.stamp) &&
  data.media.every((photo) => state.media.some((known) => isSamePhoto(known, photo)));

const onceEnded = (command: Exclude<WorkOrderCommand, IssueWorkOrder>, state: EndedWorkOrder): Answer => {
  const over = refuse({ code: 'work-order-over', status: state.status } as const);
  switch (command.type) {
    case 'Complete':
      return isSaidAgain(command, state) ? accept() : over;
    case 'HandBack':
      return state.status === 'handed-back' ? accept() : over;
    case 'Cancel': // nothing left to cancel
    case 'Confirm':
    case 'NoteDueSoon':
    case 'NoteOverdue':
      return accept();
    case 'Claim':
    case 'Accept':
    case 'Schedule':
    case 'Start':
    case 'Pause':
    case 'Resume':
      return over;
    default:
      return assertNever(command);
  }
};

export const decide = (command: WorkOrderCommand, state: WorkOrder): Answer => {
  if (command.type === 'IssueWorkOrder') return issue(command, state);
  if (state.status === 'not-issued') return refuse({ code: 'not-issued' });
  return isActive(state) ? whileActive(command, state) : onceEnded(command, state);
};

/** One work order; stream `departments.workorder-<case number>-<n>`. Its department never changes. */
export const workOrder: Decider<WorkOrder, WorkOrderCommand, WorkOrderEvent, WorkOrderRefusal> = {
  initialState,
  decide,
  evolve,
};
