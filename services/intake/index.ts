export { IntakeModule } from './src/intake.module.js';
export { caseTopicSource } from './src/case.topic.js';
export { eraseSubject } from './src/cases/erase-subject.js';
export { commandCase, readCase, settleFollower } from './src/cases/command-case.js';
export { skipCaseNumbers } from './src/numbers/skip-numbers.js';
export { followRouting } from './src/policies/follow-routing.js';
export { dueAfterReopening } from './src/reports/reporter-actions.js';
export { caseByAlias, type CaseReferencesDoc } from './src/views/case-references.js';
