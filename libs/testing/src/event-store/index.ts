export { collectEvents } from './collect.js';
export { describeEventStoreContract, type StoreUnderTest, type StoreUnderTestOptions } from './contract.js';
export { newTestEvent } from './new-event.js';
