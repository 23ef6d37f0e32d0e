export type { MongoOutage, MongoServer } from './mongo-server.js';
export { startJavaMongo, type JavaMongoOptions } from './java-server.js';
export { findMongo } from './find-mongo.js';
export { describeWithMongo } from './describe-with-mongo.js';
