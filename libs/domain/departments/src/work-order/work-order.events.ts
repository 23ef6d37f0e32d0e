import type { CaseNumber, DomainEvent, Instant, MediaReference, Outcome, WrittenText } from '@city311/kernel';

export type WorkOrderEvent =
  | WorkOrderIssued
  | WorkOrderClaimed
  | WorkOrderAccepted
  | WorkOrderScheduled
  | WorkOrderStarted
  | WorkOrderPaused
  | WorkOrderResumed
  | WorkOrderCompleted
  | WorkOrderHandedBack
  | WorkOrderCancelled
  | WorkOrderDueSoon
  | WorkOrderOverdue
  | WorkOrderConfirmed;

export type CancelReason = 'case-withdrawn' | 'case-closed' | 'case-linked' | 'case-rerouted';

/** What a department is asked to do. `workOrderId` is `<case number>-<n>`, n counted per case from 1. */
export interface Order {
  readonly workOrderId: string;
  readonly caseNumber: CaseNumber;
  readonly departmentId: string;
  readonly queue: string;
  readonly serviceCode: string;
  readonly priority: 'low' | 'normal' | 'high' | 'emergency';
  /** Null where the service has no service level. */
  readonly dueAt: Instant | null;
  readonly issuedAt: Instant;
}

export interface Moved {
  readonly workOrderId: string;
  readonly caseNumber: CaseNumber;
  readonly at: Instant;
}

/** The case event that led to this, by its place in the case's stream. Private; it makes a replay of the case quiet. */
export interface Caused {
  readonly causedBySequence: number;
}

/** `imported` (private, as in the envelope): the order comes from an older system, no timer of ours counts. */
export type WorkOrderIssued = DomainEvent<'WorkOrderIssued', Order & Caused & { readonly imported: boolean }>;
export type WorkOrderClaimed = DomainEvent<'WorkOrderClaimed', Moved & { readonly by: string }>;
export type WorkOrderAccepted = DomainEvent<'WorkOrderAccepted', Moved>;
export type WorkOrderScheduled = DomainEvent<
  'WorkOrderScheduled',
  Moved & { readonly scheduledFor: Instant }
>;
export type WorkOrderStarted = DomainEvent<'WorkOrderStarted', Moved>;
export type WorkOrderPaused = DomainEvent<'WorkOrderPaused', Moved & { readonly reason: string }>;
export type WorkOrderResumed = DomainEvent<'WorkOrderResumed', Moved>;
export type WorkOrderCompleted = DomainEvent<
  'WorkOrderCompleted',
  {
    readonly workOrderId: string;
    readonly caseNumber: CaseNumber;
    readonly outcome: Outcome;
    readonly outcomeLabel: string;
    readonly text?: WrittenText;
    readonly media: readonly MediaReference[];
    readonly completedAt: Instant;
    readonly stamp?: string;
  }
>;
export type WorkOrderHandedBack = DomainEvent<
  'WorkOrderHandedBack',
  {
    readonly workOrderId: string;
    readonly caseNumber: CaseNumber;
    readonly departmentId: string;
    readonly reason: WrittenText;
    readonly handedBackAt: Instant;
  }
>;
export type WorkOrderCancelled = DomainEvent<
  'WorkOrderCancelled',
  Moved & Caused & { readonly reason: CancelReason }
>;
export type WorkOrderDueSoon = DomainEvent<'WorkOrderDueSoon', Moved & { readonly dueAt: Instant }>;
export type WorkOrderOverdue = DomainEvent<'WorkOrderOverdue', Moved & { readonly dueAt: Instant }>;
/** Private: the case said again what this order says already. */
export type WorkOrderConfirmed = DomainEvent<'WorkOrderConfirmed', Moved & Caused>;
