import type { CaseNumber, Instant, MediaReference, Outcome, PublicEvent, WrittenText } from '@city311/kernel';

/** Work orders: topic `city311.departments.workorder.v1`. Id = `<case number>-<n>`, n counted per case from 1. */
export type WorkOrderEvent =
  | PublicEvent<'departments.WorkOrderIssued.v1', WorkOrderIssued>
  | PublicEvent<'departments.WorkOrderClaimed.v1', WorkOrderMoved & { readonly by: string }>
  | PublicEvent<'departments.WorkOrderAccepted.v1', WorkOrderMoved>
  | PublicEvent<'departments.WorkOrderScheduled.v1', WorkOrderMoved & { readonly scheduledFor: Instant }>
  | PublicEvent<'departments.WorkOrderStarted.v1', WorkOrderMoved>
  | PublicEvent<'departments.WorkOrderPaused.v1', WorkOrderMoved & { readonly reason: string }>
  | PublicEvent<'departments.WorkOrderResumed.v1', WorkOrderMoved>
  | PublicEvent<'departments.WorkOrderCompleted.v1', WorkOrderCompleted>
  | PublicEvent<'departments.WorkOrderHandedBack.v1', WorkOrderHandedBack>
  | PublicEvent<
      'departments.WorkOrderCancelled.v1',
      WorkOrderMoved & { readonly reason: 'case-withdrawn' | 'case-closed' | 'case-linked' | 'case-rerouted' }
    >
  | PublicEvent<'departments.WorkOrderDueSoon.v1', WorkOrderMoved & { readonly dueAt: Instant }>
  | PublicEvent<'departments.WorkOrderOverdue.v1', WorkOrderMoved & { readonly dueAt: Instant }>;

export interface WorkOrderIssued {
  readonly workOrderId: string;
  readonly caseNumber: CaseNumber;
  readonly departmentId: string;
  readonly queue: string;
  readonly serviceCode: string;
  readonly priority: 'low' | 'normal' | 'high' | 'emergency';
  readonly dueAt: Instant | null;
  readonly issuedAt: Instant;
}

export interface WorkOrderMoved {
  readonly workOrderId: string;
  readonly caseNumber: CaseNumber;
  readonly at: Instant;
}

export interface WorkOrderCompleted {
  readonly workOrderId: string;
  readonly caseNumber: CaseNumber;
  readonly outcome: Outcome;
  readonly outcomeLabel: string;
  readonly text?: WrittenText;
  readonly media: readonly MediaReference[];
  readonly completedAt: Instant;
  readonly stamp?: string;
}

export interface WorkOrderHandedBack {
  readonly workOrderId: string;
  readonly caseNumber: CaseNumber;
  readonly departmentId: string;
  readonly reason: WrittenText;
  readonly handedBackAt: Instant;
}
