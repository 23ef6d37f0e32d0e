export * from './email.js';
export * from './format.js';
export * from './holds.js';
export { instant } from './instant.js';
export * from './local-day.js';
export * from './moment.js';
export * from './person-name.js';
export * from './phone.js';
