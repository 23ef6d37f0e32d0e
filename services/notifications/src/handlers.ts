import {
  notice,
  subscription,
  type Notice,
  type NoticeCommand,
  type NoticeEvent,
  type NoticeRefusal,
  type Subscription,
  type SubscriptionCommand,
  type SubscriptionEvent,
  type SubscriptionRefusal,
} from '@city311/domain-notifications';
import {
  createCommandHandler,
  type BatchCommandHandler,
  type CommandContext,
  type EventStore,
} from '@city311/eventing';
import { streamName, type PublicEvent, type StreamName } from '@city311/kernel';

import { noticeCodec, subscriptionCodec } from './codecs.js';

export type NoticeHandler = BatchCommandHandler<Notice, NoticeCommand, NoticeEvent, NoticeRefusal>;
export type SubscriptionHandler = BatchCommandHandler<
  Subscription,
  SubscriptionCommand,
  SubscriptionEvent,
  SubscriptionRefusal
>;

export const createNoticeHandler = (store: EventStore): NoticeHandler =>
  createCommandHandler(store, notice, noticeCodec);
export const createSubscriptionHandler = (store: EventStore): SubscriptionHandler =>
  createCommandHandler(store, subscription, subscriptionCodec);

export const noticeStream = (noticeId: string): StreamName => streamName('notifications.notice', noticeId);

export const subscriptionId = (caseNumber: string, contactId: string): string => `${caseNumber}-${contactId}`;
export const subscriptionStream = (id: string): StreamName => streamName('notifications.subscription', id);

/** Envelope of what follows from a case event; `time` is now, since that is when the notice is made. */
export const following = (event: PublicEvent, policy: string, time: string): CommandContext => ({
  source: '/notifications',
  subject: event.subject,
  time,
  actor: `policy:${policy}`,
  jurisdiction: event.jurisdiction,
  imported: event.imported,
  correlationId: event.correlationId,
  causationId: event.id,
  ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
});

export const acting = (
  actor: string,
  caseNumber: string,
  time: string,
  jurisdiction: string,
  traceparent?: string,
): CommandContext => ({
  source: '/notifications',
  subject: caseNumber,
  time,
  actor,
  jurisdiction,
  imported: false,
  correlationId: crypto.randomUUID(),
  ...(traceparent === undefined ? {} : { traceparent }),
});
