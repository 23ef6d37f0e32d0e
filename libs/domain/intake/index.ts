export * from './src/case-number.js';
export * from './src/case/case.events.js';
export * from './src/case/case.commands.js';
export type {
  Case,
  Closed,
  NotOpened,
  Open,
  OpenedCase,
  Routing,
  RunningClock,
  Withdrawn,
  Work,
} from './src/case/case.state.js';
export { photoKey } from './src/case/case.state.js';
export { caseDecider } from './src/case/case.decide.js';
export { endedOnTime } from './src/case/case.refusals.js';
export type { CaseRefusal } from './src/case/case.refusals.js';
export * from './src/number-block/number-block.events.js';
export * from './src/number-block/number-block.decide.js';
export * from './src/receipt/receipt.events.js';
export * from './src/receipt/receipt.decide.js';
export * from './src/incident/incident.js';
export * from './src/incident/follower-step.js';
export * from './src/case/case.readers.js';
export * from './src/call/call.events.js';
export * from './src/call/call.decide.js';
export * from './src/reference/reference.js';
