import type {
  CaseNumber,
  ContactId,
  DomainEvent,
  Instant,
  MediaReference,
  Outcome,
  ProtectedText,
} from '@city311/kernel';

export type NoticeEvent = NoticeQueued | NoticeSent | NoticeFailed | NoticeUncertain | NoticeSuppressed;

export type Template =
  | 'received'
  | 'in-triage'
  | 'passed-on'
  | 'scheduled'
  | 'paused'
  | 'linked'
  | 'referred'
  | 'closed'
  | 'reopened'
  | 'parent-news';

/**
 * What became of the case that the reader's follows, or followed until then. Where that case may not be shown to the
 * reader, nothing is told of it but the kind.
 */
export type ParentNews =
  | { readonly kind: 'closed'; readonly shown?: { readonly parent: CaseNumber; readonly outcome: Outcome } }
  | {
      readonly kind: 'reclassified';
      readonly shown?: { readonly parent: CaseNumber; readonly serviceCode: string };
    }
  | { readonly kind: 'referred'; readonly shown?: { readonly parent: CaseNumber; readonly agency: string } }
  | {
      readonly kind: 'withdrawn' | 'reopened' | 'joined';
      readonly shown?: { readonly parent: CaseNumber };
    };

/** What the message tells beyond the case number; texts stay protected until it is rendered. Private. */
export interface NoticeFacts {
  readonly serviceCode?: string;
  readonly departmentId?: string;
  readonly dueAt?: Instant;
  readonly scheduledFor?: Instant;
  readonly reason?: string;
  readonly parent?: CaseNumber;
  readonly agency?: string;
  readonly outcome?: Outcome;
  readonly outcomeLabel?: string;
  readonly text?: ProtectedText;
  readonly media?: readonly MediaReference[];
  readonly parentNews?: ParentNews;
  /** The case goes on following that one; else it is handled for itself from now on. */
  readonly follows?: boolean;
}

export type NoticeQueued = DomainEvent<
  'NoticeQueued',
  {
    readonly noticeId: string;
    readonly caseNumber: CaseNumber;
    readonly contactId: ContactId;
    /** Wire type and sequence of the case event that it tells of. */
    readonly about: { readonly type: string; readonly sequence: number };
    readonly template: Template;
    readonly language: string;
    /** Same on every try, so that a mailbox can drop a second copy. */
    readonly messageId: string;
    readonly queuedAt: Instant;
    readonly facts: NoticeFacts;
  }
>;

export interface NoticeMoved {
  readonly noticeId: string;
  readonly caseNumber: CaseNumber;
  readonly at: Instant;
}

/** `too-many`: the address had been sent as much that day as an address may that nobody confirmed. */
export type SuppressReason =
  'erased' | 'unsubscribed' | 'no-address' | 'no-consent' | 'imported' | 'too-many';

export type NoticeSent = DomainEvent<'NoticeSent', NoticeMoved>;
/** Surely not delivered. `retryAt` null: no further try, the address itself was refused. */
export type NoticeFailed = DomainEvent<
  'NoticeFailed',
  NoticeMoved & { readonly reason: string; readonly attempt: number; readonly retryAt: Instant | null }
>;
/** Perhaps delivered: the mail server's answer was lost. It is sent again with the same Message-ID. */
export type NoticeUncertain = DomainEvent<'NoticeUncertain', NoticeMoved & { readonly reason: string }>;
export type NoticeSuppressed = DomainEvent<
  'NoticeSuppressed',
  NoticeMoved & { readonly reason: SuppressReason }
>;
