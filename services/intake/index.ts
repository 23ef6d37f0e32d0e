export { IntakeModule } from './src/intake.module.js';
export { caseTopicSource } from './src/case.topic.js';
export { eraseSubject } from './src/cases/erase-subject.js';
