import type { NoticeEvent } from '@city311/contracts';
import { assertNever, type Instant, type PublicEvent } from '@city311/kernel';
import type { Projection } from '@city311/read-models';

/** A queued notice that was not ended after this long is looked after by the timer: whoever queued it may have died. */
export const graceMs = 15_000;

/** One line of the delivery log. */
export interface NoticeRow {
  readonly noticeId: string;
  readonly caseNumber: string;
  readonly contactId: string;
  readonly about: { readonly type: string; readonly sequence: number };
  readonly template: string;
  readonly language: string;
  readonly messageId: string;
  readonly status: 'queued' | 'sent' | 'failed' | 'uncertain' | 'suppressed' | 'given-up';
  readonly reason: string | null;
  readonly attempts: number;
  readonly queuedAt: Instant;
  readonly changedAt: Instant;
  /** When it is to be tried (again); null once it has ended. */
  readonly nextTryAt: Instant | null;
}

const later = (at: Instant, ms: number): Instant => new Date(Date.parse(at) + ms).toISOString();

const moved = (row: NoticeRow, event: NoticeEvent): NoticeRow => {
  switch (event.type) {
    case 'notifications.NoticeQueued.v1':
      return row;
    case 'notifications.NoticeSent.v1':
      return { ...row, status: 'sent', reason: null, changedAt: event.data.at, nextTryAt: null };
    case 'notifications.NoticeFailed.v1': {
      const { reason, attempt, retryAt, at } = event.data;
      const status = retryAt === null ? 'given-up' : 'failed';
      return { ...row, status, reason, attempts: attempt, changedAt: at, nextTryAt: retryAt };
    }
    case 'notifications.NoticeUncertain.v1': {
      const { reason, at } = event.data;
      return { ...row, status: 'uncertain', reason, changedAt: at, nextTryAt: later(at, graceMs) };
    }
    case 'notifications.NoticeSuppressed.v1': {
      const { reason, at } = event.data;
      return { ...row, status: 'suppressed', reason, changedAt: at, nextTryAt: null };
    }
    default:
      return assertNever(event);
  }
};

export const noticesProjection: Projection<NoticeRow> = {
  view: {
    name: 'notices',
    version: 1,
    columns: {
      caseNumber: { type: 'text', value: (row) => row.caseNumber },
      status: { type: 'text', value: (row) => row.status },
      nextTryAt: { type: 'text', value: (row) => row.nextTryAt },
    },
    indexes: [['caseNumber'], ['status'], ['nextTryAt']],
  },
  types: [
    'notifications.NoticeQueued.v1',
    'notifications.NoticeSent.v1',
    'notifications.NoticeFailed.v1',
    'notifications.NoticeUncertain.v1',
    'notifications.NoticeSuppressed.v1',
  ],
  keyOf: ({ stream }) => stream.slice(stream.indexOf('-') + 1),
  apply: (row, given: PublicEvent) => {
    const event = given as NoticeEvent;
    if (event.type !== 'notifications.NoticeQueued.v1') return row === null ? null : moved(row, event);
    const { queuedAt } = event.data;
    return {
      ...event.data,
      status: 'queued',
      reason: null,
      attempts: 0,
      changedAt: queuedAt,
      nextTryAt: later(queuedAt, graceMs),
    };
  },
};
