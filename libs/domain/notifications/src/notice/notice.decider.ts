import { accept, assertNever, refuse } from '@city311/kernel';
import type { Decider, Decision, Instant } from '@city311/kernel';

import type { NoticeCommand, QueueNotice } from './notice.commands.js';
import type { NoticeEvent, NoticeMoved, NoticeQueued, SuppressReason } from './notice.events.js';

/** A notice that somebody still waits for. The message is kept whole: a retry is rendered from this fold. */
interface Waiting {
  readonly message: NoticeQueued['data'];
  /** Tries that surely failed so far. */
  readonly attempt: number;
}

export type Notice =
  | { readonly status: 'not-queued' }
  | (Waiting & { readonly status: 'queued' | 'uncertain' })
  | (Waiting & { readonly status: 'failed'; readonly retryAt: Instant })
  | { readonly status: 'given-up'; readonly message: NoticeQueued['data'] }
  | { readonly status: 'sent'; readonly message: NoticeQueued['data'] }
  | {
      readonly status: 'suppressed';
      readonly message: NoticeQueued['data'];
      readonly reason: SuppressReason;
    };

export type NoticeRefusal =
  | { readonly code: 'not-queued' }
  | { readonly code: 'already-queued'; readonly messageId: string }
  | { readonly code: 'already-sent' }
  | { readonly code: 'already-suppressed'; readonly reason: SuppressReason }
  | { readonly code: 'given-up' };

type Answer = Decision<NoticeEvent, NoticeRefusal>;

const queue = ({ data }: QueueNotice, state: Notice): Answer => {
  if (state.status === 'not-queued') return accept({ type: 'NoticeQueued', data });
  const { messageId } = state.message;
  return messageId === data.messageId ? accept() : refuse({ code: 'already-queued', messageId });
};

const whileWaiting = (
  command: Exclude<NoticeCommand, QueueNotice>,
  state: Waiting & { status: string },
): Answer => {
  const { noticeId, caseNumber } = state.message;
  const moved: NoticeMoved = { noticeId, caseNumber, at: command.data.at };
  switch (command.type) {
    case 'RecordSent':
      return accept({ type: 'NoticeSent', data: moved });
    case 'RecordFailure': {
      const { reason, retryAt } = command.data;
      return accept({
        type: 'NoticeFailed',
        data: { ...moved, reason, attempt: state.attempt + 1, retryAt },
      });
    }
    case 'RecordUncertain':
      return state.status === 'uncertain'
        ? accept()
        : accept({ type: 'NoticeUncertain', data: { ...moved, reason: command.data.reason } });
    case 'SuppressNotice':
      return accept({ type: 'NoticeSuppressed', data: { ...moved, reason: command.data.reason } });
    default:
      return assertNever(command);
  }
};

const decide = (command: NoticeCommand, state: Notice): Answer => {
  if (command.type === 'QueueNotice') return queue(command, state);
  switch (state.status) {
    case 'not-queued':
      return refuse({ code: 'not-queued' });
    case 'queued':
    case 'uncertain':
    case 'failed':
      return whileWaiting(command, state);
    case 'sent':
      return command.type === 'RecordSent' ? accept() : refuse({ code: 'already-sent' });
    case 'suppressed':
      return command.type === 'SuppressNotice'
        ? accept()
        : refuse({ code: 'already-suppressed', reason: state.reason });
    case 'given-up':
      return command.type === 'RecordFailure' && command.data.retryAt === null
        ? accept()
        : refuse({ code: 'given-up' });
    default:
      return assertNever(state);
  }
};

const evolve = (state: Notice, event: NoticeEvent): Notice => {
  if (event.type === 'NoticeQueued') return { status: 'queued', message: event.data, attempt: 0 };
  if (state.status === 'not-queued') return state;
  const { message } = state;
  switch (event.type) {
    case 'NoticeSent':
      return { status: 'sent', message };
    case 'NoticeFailed': {
      const { attempt, retryAt } = event.data;
      return retryAt === null
        ? { status: 'given-up', message }
        : { status: 'failed', message, attempt, retryAt };
    }
    case 'NoticeUncertain':
      return { status: 'uncertain', message, attempt: 'attempt' in state ? state.attempt : 0 };
    case 'NoticeSuppressed':
      return { status: 'suppressed', message, reason: event.data.reason };
    default:
      return assertNever(event);
  }
};

/** One message to one person about one case event; stream `notifications.notice-<notice id>`. */
export const notice: Decider<Notice, NoticeCommand, NoticeEvent, NoticeRefusal> = {
  initialState: { status: 'not-queued' },
  decide,
  evolve,
};
