import type { CaseNumber, DomainEvent, Instant, ProtectedText } from '@city311/kernel';

import type { CaseOpened } from '../case/case.events.js';

/**
 * A report was taken under an idempotency key; the key's hash names the stream. `digest` is that of the body.
 * `opening` is what the case opens with, so that a receipt whose case never got written is completed at start.
 */
export interface ReceiptTaken {
  readonly caseNumber: CaseNumber;
  readonly digest: string;
  readonly opening: Opening;
  /** Under the reporter's key, so that a repeat is answered with the same. Absent where none was given out, or derived. */
  readonly trackingSecret?: ProtectedText;
  readonly takenAt: Instant;
}

/** `kept`: the opening stands elsewhere under this name (a large report). */
export type Opening =
  | { readonly kind: 'whole'; readonly data: CaseOpened }
  | { readonly kind: 'kept'; readonly reference: string };

/**
 * Something said about a case was taken under an idempotency key. `digest` is keyed: what was said cannot be guessed
 * from it. It stands before what it leads to, which the case's own stream shows.
 */
export interface SayingTaken {
  readonly caseNumber: CaseNumber;
  readonly digest: string;
  readonly saidAt: Instant;
}

export type ReceiptEvent =
  DomainEvent<'ReceiptTaken', ReceiptTaken> | DomainEvent<'SayingTaken', SayingTaken>;
