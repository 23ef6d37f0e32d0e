export * from './src/case-routing/case-routing.events.js';
export * from './src/case-routing/case-routing.commands.js';
export * from './src/case-routing/case-routing.state.js';
export * from './src/case-routing/case-routing.decide.js';
export * from './src/rule-set/rule-set.js';
