import {
  factsOf,
  workOrder,
  type WorkOrder,
  type WorkOrderCommand,
  type WorkOrderEvent,
  type WorkOrderRefusal,
} from '@city311/domain-departments';
import {
  createCommandHandler,
  type BatchCommandHandler,
  type CommandContext,
  type EventStore,
} from '@city311/eventing';
import {
  refuse,
  streamName,
  type Command,
  type Decider,
  type PublicEvent,
  type StreamName,
} from '@city311/kernel';

import { workOrderCodec } from '../work-order.codec.js';

/** A command with the department that gives it; null speaks for all. */
export type OnBehalf = Command<
  WorkOrderCommand['type'],
  { readonly departmentId: string | null; readonly command: WorkOrderCommand }
>;
export type DeskRefusal = WorkOrderRefusal | { readonly code: 'not-yours' };

const guarded: Decider<WorkOrder, OnBehalf, WorkOrderEvent, DeskRefusal> = {
  ...workOrder,
  decide: ({ data: { departmentId, command } }, state) => {
    const owner = factsOf(state)?.order.departmentId;
    return departmentId !== null && owner !== undefined && owner !== departmentId
      ? refuse({ code: 'not-yours' })
      : workOrder.decide(command, state);
  },
};

export type WorkOrderHandler = BatchCommandHandler<WorkOrder, OnBehalf, WorkOrderEvent, DeskRefusal>;

/** Work orders' commands; a department moves only its own. */
export const createWorkOrderHandler = (store: EventStore): WorkOrderHandler =>
  createCommandHandler(store, guarded, workOrderCodec);

export const workOrderStream = (workOrderId: string): StreamName =>
  streamName('departments.workorder', workOrderId);

export const onBehalf = (departmentId: string | null, command: WorkOrderCommand): OnBehalf => ({
  type: command.type,
  data: { departmentId, command },
});

/** Envelope of what the policy makes of a case event: its time, its case, caused by it. */
export const following = (event: PublicEvent, policy: string): CommandContext => ({
  source: '/departments',
  subject: event.subject,
  time: event.time,
  actor: `policy:${policy}`,
  ...(event.channel === undefined ? {} : { channel: event.channel }),
  jurisdiction: event.jurisdiction,
  imported: event.imported,
  correlationId: event.correlationId,
  causationId: event.id,
  ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
});
