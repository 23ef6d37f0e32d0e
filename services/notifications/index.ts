export { NotificationsModule, type NotificationsOptions } from './src/notifications.module.js';
export { noticeTopicSource, subscriptionTopicSource } from './src/topics.js';
