import { afterAll, expect, it } from '@jest/globals';
import mongoose from 'mongoose';

import { describeWithMongo } from './describe-with-mongo.js';

await describeWithMongo('a MongoDB server', (server) => {
  const connections: mongoose.Connection[] = [];
  const connect = async (): Promise<mongoose.Connection> => {
    const connection = await mongoose.createConnection(server.url, { dbName: 'finder' }).asPromise();
    connections.push(connection);
    return connection;
  };
  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
  });

  it('keeps what it acknowledged when it is killed and started again', async () => {
    if (server.outage === null) return;
    const connection = await connect();
    for (let i = 0; i < 20; i += 1) await connection.collection('things').insertOne({ i });
    await server.outage.kill();
    await server.outage.restart();
    expect(await connection.collection('things').countDocuments()).toBe(20);
  });

  it('compares and sets by a filter of id and more', async () => {
    const things = (await connect()).collection<{ _id: string; sequence: number }>('kept');
    await things.insertOne({ _id: 'a', sequence: 1 });
    const raise = { $set: { sequence: 2 } };
    expect((await things.updateOne({ _id: 'a', sequence: 1 }, raise)).modifiedCount).toBe(1);
    expect((await things.updateOne({ _id: 'a', sequence: 1 }, raise)).matchedCount).toBe(0);
    expect(await things.findOne({ _id: 'a' })).toEqual({ _id: 'a', sequence: 2 });
  });
});
