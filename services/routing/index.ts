export { RoutingModule } from './src/routing.module.js';
export { routingTopicSource } from './src/routing.topic.js';
