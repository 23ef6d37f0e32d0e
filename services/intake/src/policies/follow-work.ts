import type { WorkOrderEvent } from '@city311/contracts';
import type { CaseCommand } from '@city311/domain-intake';
import { assertNever } from '@city311/kernel';

export type Reaction =
  | { readonly kind: 'command'; readonly command: CaseCommand }
  /** The step matters to the department only. */
  | { readonly kind: 'ignored' };

const ignored: Reaction = { kind: 'ignored' };
const told = (command: CaseCommand): Reaction => ({ kind: 'command', command });

/** Which steps of a work order become public, and as what. */
export const followWork = (event: WorkOrderEvent): Reaction => {
  const step = {
    caseNumber: event.data.caseNumber,
    workOrderId: event.data.workOrderId,
    workOrderRevision: event.sequence,
  };
  switch (event.type) {
    case 'departments.WorkOrderScheduled.v1':
      return told({
        type: 'ScheduleWork',
        data: { ...step, scheduledFor: event.data.scheduledFor, scheduledAt: event.data.at },
      });
    case 'departments.WorkOrderStarted.v1':
      return told({ type: 'StartWork', data: { ...step, startedAt: event.data.at } });
    case 'departments.WorkOrderPaused.v1':
      return told({
        type: 'PauseWork',
        data: { ...step, reason: event.data.reason, pausedAt: event.data.at },
      });
    case 'departments.WorkOrderResumed.v1':
      return told({ type: 'ResumeWork', data: { ...step, resumedAt: event.data.at } });
    case 'departments.WorkOrderCompleted.v1': {
      const { workOrderId, completedAt, caseNumber, outcome, outcomeLabel, text, media, stamp } = event.data;
      return told({
        type: 'CloseCase',
        data: {
          caseNumber,
          outcome,
          outcomeLabel,
          ...(text === undefined ? {} : { text }),
          media,
          closedAt: completedAt,
          ...(stamp === undefined ? {} : { stamp }),
          imported: event.imported,
          workOrder: { workOrderId, workOrderRevision: event.sequence },
        },
      });
    }
    case 'departments.WorkOrderHandedBack.v1':
      return told({
        type: 'ReturnToTriage',
        data: {
          ...step,
          fromDepartmentId: event.data.departmentId,
          reason: event.data.reason,
          returnedAt: event.data.handedBackAt,
        },
      });
    case 'departments.WorkOrderIssued.v1':
    case 'departments.WorkOrderClaimed.v1':
    case 'departments.WorkOrderAccepted.v1':
    case 'departments.WorkOrderCancelled.v1':
    case 'departments.WorkOrderDueSoon.v1':
    case 'departments.WorkOrderOverdue.v1':
      return ignored;
    default:
      return assertNever(event);
  }
};
