import type { WorkOrderEvent } from '@city311/domain-departments';
import { createEventCodec } from '@city311/eventing';

export const workOrderCodec = createEventCodec<WorkOrderEvent>({
  context: 'departments',
  types: {
    WorkOrderIssued: 1,
    WorkOrderClaimed: 1,
    WorkOrderAccepted: 1,
    WorkOrderScheduled: 1,
    WorkOrderStarted: 1,
    WorkOrderPaused: 1,
    WorkOrderResumed: 1,
    WorkOrderCompleted: 1,
    WorkOrderHandedBack: 1,
    WorkOrderCancelled: 1,
    WorkOrderDueSoon: 1,
    WorkOrderOverdue: 1,
    WorkOrderConfirmed: 1,
  },
});
