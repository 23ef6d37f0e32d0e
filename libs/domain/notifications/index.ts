export * from './src/notice/notice.events.js';
export * from './src/notice/notice.commands.js';
export * from './src/notice/notice.decider.js';
export * from './src/subscription/subscription.js';
export * from './src/notices-for/notices-for.policy.js';
