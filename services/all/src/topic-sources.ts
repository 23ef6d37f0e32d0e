import { noticeTopicSource, subscriptionTopicSource } from '@city311/notifications';
import { routingTopicSource } from '@city311/routing';
import { workOrderTopicSource } from '@city311/departments';
import { caseTopicSource } from '@city311/intake';
import type { TopicSource } from '@city311/messaging';

/** Every topic of the system; each service owns the mapping of its own. */
export const topicSources: readonly TopicSource[] = [
  caseTopicSource,
  routingTopicSource,
  workOrderTopicSource,
  noticeTopicSource,
  subscriptionTopicSource,
];
