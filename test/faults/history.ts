import type { RecordedEvent } from '@city311/kernel';

/** What the server said to one try; null where the answer was lost. */
export interface Told {
  readonly status: number;
  readonly caseNumber: string;
  readonly trackingSecret: string;
}

/** One report under one CloudEvent id, with every answer that any of its tries got, in order. */
export interface SentReport {
  /** Also stands in the case, as external reference of the system `faults`. */
  readonly id: string;
  readonly answers: readonly (Told | null)[];
  /** It carries an e-mail address that wants news. */
  readonly followed: boolean;
}

/** A comment, withdrawal or reopening under one CloudEvent id, and its final answer. */
export interface SentAction {
  readonly id: string;
  readonly kind: 'comment' | 'withdrawal' | 'reopening';
  readonly caseNumber: string;
  /** Time that it was sent with, the same on every try: the case's event is known by it. ISO 8601 UTC. */
  readonly at: string;
  readonly status: number;
}

/** A transition of a work order and its final answer. */
export interface SentMove {
  readonly workOrderId: string;
  readonly action: string;
  readonly status: number;
}

/** A case as `GET /api/cases/{number}` shows it. */
export interface ShownCase {
  readonly caseNumber: string;
  readonly status: string;
  /** `sequence type`, oldest first. */
  readonly timeline: readonly string[];
}

/** A work order as the inbox lists it. */
export interface ShownOrder {
  readonly workOrderId: string;
  readonly caseNumber: string;
  readonly departmentId: string;
  readonly status: string;
}

export interface ShownNotice {
  readonly noticeId: string;
  readonly status: string;
}

/** A mail that left the house. */
export interface SentMail {
  readonly where: string;
  readonly messageId: string;
}

/** What one question answered before and after the view behind it was built anew, as lines. */
export interface Rebuilt {
  readonly view: string;
  readonly question: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Everything that clients were told and everything that was found at the end, once all was drained. */
export interface History {
  readonly reports: readonly SentReport[];
  readonly actions: readonly SentAction[];
  readonly moves: readonly SentMove[];
  /** Answers of status 500, which no crash excuses. */
  readonly defects: readonly string[];
  /** The whole log in its order. */
  readonly log: readonly RecordedEvent[];
  /** By case number; null where the server knows no such case. */
  readonly cases: ReadonlyMap<string, ShownCase | null>;
  readonly orders: readonly ShownOrder[];
  readonly notices: readonly ShownNotice[];
  readonly mails: readonly SentMail[];
  readonly rebuilt: readonly Rebuilt[];
  /** Consumer groups and views that parked something. */
  readonly parked: readonly { readonly group: string; readonly parked: number }[];
}

/** Something that the promises exclude. */
export interface Anomaly {
  /** Number of the promise in the architecture; 0 where an answer or a leftover breaks none by itself. */
  readonly promise: 0 | 1 | 2 | 3 | 5 | 6 | 10;
  readonly code: string;
  readonly says: string;
  /** `stream@sequence` of the events at fault. */
  readonly events: readonly string[];
}
