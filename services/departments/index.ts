export { DepartmentsModule } from './src/departments.module.js';
export { workOrderTopicSource } from './src/work-order.topic.js';
