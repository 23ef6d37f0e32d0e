import { z } from 'zod';

import type { WorkOrderEvent } from '../departments.js';
import type { DataSchemas } from './data-schemas.js';
import { caseNumber, instant, media, name, outcome, priority, writtenText } from './vocabulary.schema.js';

const order = { workOrderId: name, caseNumber };
const moved = { ...order, at: instant };

export const workOrderSchemas = {
  'departments.WorkOrderIssued.v1': z.object({
    ...order,
    departmentId: z.string(),
    queue: z.string(),
    serviceCode: name,
    priority,
    dueAt: instant.nullable(),
    issuedAt: instant,
  }),
  'departments.WorkOrderClaimed.v1': z.object({ ...moved, by: name }),
  'departments.WorkOrderAccepted.v1': z.object(moved),
  'departments.WorkOrderScheduled.v1': z.object({ ...moved, scheduledFor: instant }),
  'departments.WorkOrderStarted.v1': z.object(moved),
  'departments.WorkOrderPaused.v1': z.object({ ...moved, reason: z.string() }),
  'departments.WorkOrderResumed.v1': z.object(moved),
  'departments.WorkOrderCompleted.v1': z.object({
    ...order,
    outcome,
    outcomeLabel: z.string(),
    text: writtenText.exactOptional(),
    media,
    completedAt: instant,
    stamp: z.string().exactOptional(),
  }),
  'departments.WorkOrderHandedBack.v1': z.object({
    ...order,
    departmentId: z.string(),
    reason: writtenText,
    handedBackAt: instant,
  }),
  'departments.WorkOrderCancelled.v1': z.object({
    ...moved,
    reason: z.enum(['case-withdrawn', 'case-closed', 'case-linked', 'case-rerouted']),
  }),
  'departments.WorkOrderDueSoon.v1': z.object({ ...moved, dueAt: instant }),
  'departments.WorkOrderOverdue.v1': z.object({ ...moved, dueAt: instant }),
} satisfies DataSchemas<WorkOrderEvent>;
