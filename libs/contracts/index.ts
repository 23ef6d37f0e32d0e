export * from './src/topics.js';
export * from './src/intake.js';
export * from './src/routing.js';
export * from './src/departments.js';
export * from './src/notifications.js';
