export { DepartmentsModule } from './src/departments.module.js';
export { workOrderTopicSource } from './src/work-order.topic.js';
export { cancelOrder, issueOrder, type Mending } from './src/work-orders/mend-orders.js';
