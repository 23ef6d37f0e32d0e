import type { Command, Instant, MediaReference, Outcome, WrittenText } from '@city311/kernel';

import type { CancelReason, Caused, WorkOrderIssued } from './work-order.events.js';

export type WorkOrderCommand =
  | IssueWorkOrder
  | Claim
  | Accept
  | Schedule
  | Start
  | Pause
  | Resume
  | Complete
  | HandBack
  | Cancel
  | NoteDueSoon
  | NoteOverdue
  | Confirm;

/** When it happened, ISO 8601 UTC; in imported history long ago. */
interface At {
  readonly at: Instant;
}

export type IssueWorkOrder = Command<'IssueWorkOrder', WorkOrderIssued['data']>;
/** `by` names a crew or a desk, never a private person's details. */
export type Claim = Command<'Claim', At & { readonly by: string }>;
export type Accept = Command<'Accept', At>;
export type Schedule = Command<'Schedule', At & { readonly scheduledFor: Instant }>;
export type Start = Command<'Start', At>;
export type Pause = Command<'Pause', At & { readonly reason: string }>;
export type Resume = Command<'Resume', At>;
export type Complete = Command<
  'Complete',
  At & {
    readonly outcome: Outcome;
    readonly outcomeLabel: string;
    readonly text?: WrittenText;
    readonly media: readonly MediaReference[];
    readonly stamp?: string;
  }
>;
export type HandBack = Command<'HandBack', At & { readonly reason: WrittenText }>;
export type Cancel = Command<'Cancel', At & Caused & { readonly reason: CancelReason }>;
/** The case was routed, or reopened, to just what this order says. */
export type Confirm = Command<'Confirm', At & Caused>;
/** `dueAt` is the date that the timer was set for. */
export type NoteDueSoon = Command<'NoteDueSoon', At & { readonly dueAt: Instant }>;
export type NoteOverdue = Command<'NoteOverdue', At & { readonly dueAt: Instant }>;
