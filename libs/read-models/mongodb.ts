/** Views on MongoDB: an entry of its own, so that who runs without it does not load its client. */
export { createMongoViewStore, type MongoViewStoreOptions } from './src/mongodb/mongodb-view-store.js';
export { openMongoConnection, type MongoConnectionOptions } from './src/mongodb/open-connection.js';
