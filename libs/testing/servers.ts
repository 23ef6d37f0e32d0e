/**
 * The servers for programs that are no tests: a cluster on one machine, benches. Nothing here loads the test runner,
 * which the contract suites of `index.ts` do.
 */
export { startJavaBroker, type JavaBroker, type JavaBrokerOptions } from './src/servers/kafka/java-broker.js';
export { startJavaMongo, type JavaMongoOptions } from './src/servers/mongodb/java-server.js';
export type { MongoServer } from './src/servers/mongodb/mongo-server.js';
export { spawnEventStoreDouble, type DoubleProcess } from './src/servers/eventstoredb/process.js';
