import { noticeTopicSource, subscriptionTopicSource } from '@city311/notifications';
import { routingTopicSource } from '@city311/routing';
import { workOrderTopicSource } from '@city311/departments';
import { caseTopicSource } from '@city311/intake';
import { topics } from '@city311/contracts';
import type { TopicSource } from '@city311/messaging';

/** Every topic of the system; each service owns the mapping of its own. */
export const topicSources: readonly TopicSource[] = [
  caseTopicSource,
  routingTopicSource,
  workOrderTopicSource,
  noticeTopicSource,
  subscriptionTopicSource,
];

/** Every consumer group of the system: brokers keep the parked messages of each in a topic of its own. */
export const consumerGroups: readonly { readonly topic: string; readonly group: string }[] = [
  { topic: topics.case.name, group: 'city311.routing.on-case' },
  { topic: topics.case.name, group: 'city311.departments.on-case' },
  { topic: topics.case.name, group: 'city311.notifications.on-case' },
  { topic: topics.case.name, group: 'city311.intake.on-incident' },
  { topic: topics.routing.name, group: 'city311.intake.on-routing' },
  { topic: topics.workOrder.name, group: 'city311.intake.on-work-order' },
];
