export { RoutingModule } from './src/routing.module.js';
export { routingTopicSource } from './src/routing.topic.js';
export { CaseRouter, routedTypes } from './src/decisions/case-router.js';
export { createCaseRoutingHandler, routingStream } from './src/decisions/case-routing-handler.js';
export { KnownCases } from './src/decisions/known-cases.js';
export { OpenCases } from './src/decisions/open-cases.js';
export { RoutingHistory } from './src/decisions/routing-history.js';
export { RuleSets } from './src/rules/rule-sets.js';
