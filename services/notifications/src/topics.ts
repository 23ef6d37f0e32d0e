import { topics } from '@city311/contracts';
import type { PublicEvent, RecordedEvent } from '@city311/kernel';
import type { TopicSource } from '@city311/messaging';

import { noticeCodec, subscriptionCodec } from './codecs.js';

/** The notice topic, served from the notices' streams; what a message says stays private. */
export const noticeTopicSource: TopicSource = {
  topic: topics.notice.name,
  category: topics.notice.category,
  gapless: true,
  translate: (stored: RecordedEvent): PublicEvent => {
    const event = noticeCodec.fromWire(stored.type, stored.data);
    if (event.type !== 'NoticeQueued') return stored;
    const { facts: _facts, ...open } = event.data;
    return { ...stored, data: open };
  },
};

/** Who follows what: for the views of this service only. */
export const subscriptionTopicSource: TopicSource = {
  topic: topics.subscription.name,
  category: topics.subscription.category,
  gapless: true,
  translate: (stored: RecordedEvent): PublicEvent => {
    subscriptionCodec.fromWire(stored.type, stored.data);
    return stored;
  },
};
