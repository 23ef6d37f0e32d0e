export * from './src/work-order/work-order.events.js';
export * from './src/work-order/work-order.commands.js';
export * from './src/work-order/work-order.state.js';
export * from './src/work-order/work-order.decide.js';
export * from './src/case-work/case-work.policy.js';
