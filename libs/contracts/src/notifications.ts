import type { CaseNumber, ContactId, Instant, PublicEvent } from '@city311/kernel';

/** What was told to whom: topic `city311.notifications.notice.v1`. */
export type NoticeEvent =
  | PublicEvent<'notifications.NoticeQueued.v1', NoticeQueued>
  | PublicEvent<'notifications.NoticeSent.v1', NoticeMoved>
  | PublicEvent<
      'notifications.NoticeFailed.v1',
      NoticeMoved & { readonly reason: string; readonly attempt: number; readonly retryAt: Instant | null }
    >
  | PublicEvent<'notifications.NoticeUncertain.v1', NoticeMoved & { readonly reason: string }>
  | PublicEvent<
      'notifications.NoticeSuppressed.v1',
      NoticeMoved & {
        readonly reason: 'erased' | 'unsubscribed' | 'no-address' | 'no-consent' | 'imported' | 'too-many';
      }
    >;

export interface NoticeQueued {
  readonly noticeId: string;
  readonly caseNumber: CaseNumber;
  readonly contactId: ContactId;
  /** Wire type and sequence of the case event that it tells of. */
  readonly about: { readonly type: string; readonly sequence: number };
  readonly template: string;
  readonly language: string;
  /** Same on every try, so that a mailbox can drop a second copy. */
  readonly messageId: string;
  readonly queuedAt: Instant;
}

export interface NoticeMoved {
  readonly noticeId: string;
  readonly caseNumber: CaseNumber;
  readonly at: Instant;
}

/** Who follows which case: topic `city311.notifications.subscription.v1`. */
export type SubscriptionEvent =
  | PublicEvent<'notifications.Subscribed.v1', Subscribed>
  | PublicEvent<'notifications.Unsubscribed.v1', Unsubscribed>;

export interface Subscribed {
  readonly caseNumber: CaseNumber;
  readonly contactId: ContactId;
  readonly language: string;
  readonly origin: 'reporter' | 'asked';
  readonly serviceCode: string;
  readonly subscribedAt: Instant;
}

export interface Unsubscribed {
  readonly caseNumber: CaseNumber;
  readonly contactId: ContactId;
  readonly reason: 'asked' | 'erased';
  readonly unsubscribedAt: Instant;
}
