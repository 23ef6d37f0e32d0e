export { DepartmentsModule } from './src/departments.module.js';
export { workOrderTopicSource } from './src/work-order.topic.js';
export { cancelOrder, issueOrder, type Mending } from './src/work-orders/mend-orders.js';
export { newsTypes as departmentNewsTypes } from './src/policies/case-news.js';
export { CaseWork } from './src/policies/case-work.js';
export { createWorkOrderHandler, onBehalf, workOrderStream } from './src/work-orders/work-order-handler.js';
