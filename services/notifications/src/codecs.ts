import type { NoticeEvent, SubscriptionEvent } from '@city311/domain-notifications';
import { createEventCodec } from '@city311/eventing';

export const noticeCodec = createEventCodec<NoticeEvent>({
  context: 'notifications',
  types: { NoticeQueued: 1, NoticeSent: 1, NoticeFailed: 1, NoticeUncertain: 1, NoticeSuppressed: 1 },
});

export const subscriptionCodec = createEventCodec<SubscriptionEvent>({
  context: 'notifications',
  types: { Subscribed: 1, Unsubscribed: 1 },
});
