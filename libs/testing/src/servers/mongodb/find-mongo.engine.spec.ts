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

  const { outage } = server;
  (outage === null ? it.skip : it)(
    'keeps what it acknowledged when it is killed and started again',
    async () => {
      const connection = await connect();
      for (let i = 0; i < 20; i += 1) await connection.collection('things').insertOne({ i });
      await outage?.kill();
      await outage?.restart();
      expect(await connection.collection('things').countDocuments()).toBe(20);
    },
  );

  it('compares and sets by a filter of id and more', async () => {
    const things = (await connect()).collection<{ _id: string; sequence: number }>('kept');
    await things.insertOne({ _id: 'a', sequence: 1 });
    const raise = { $set: { sequence: 2 } };
    expect((await things.updateOne({ _id: 'a', sequence: 1 }, raise)).modifiedCount).toBe(1);
    expect((await things.updateOne({ _id: 'a', sequence: 1 }, raise)).matchedCount).toBe(0);
    expect(await things.findOne({ _id: 'a' })).toEqual({ _id: 'a', sequence: 2 });
  });

  it('finds by an index what it finds without one, also after a rename and a restart', async () => {
    const database = (await connect()).useDb('indexed');
    const rows = Array.from({ length: 300 }, (_, i) => ({
      _id: `r${i}`,
      a: i % 3 === 0 ? null : i % 7,
      b: `${i % 10}`,
      words: [`w${i % 5}`, `w${i % 4}`],
    }));
    await database.collection<(typeof rows)[number]>('moving').insertMany(rows);
    type Case = [filter: Record<string, unknown>, holds: (row: (typeof rows)[number]) => boolean];
    const cases: Case[] = [
      [{ a: 3 }, ({ a }) => a === 3],
      [
        { $and: [{ a: { $eq: 3 } }, { b: { $gte: '3', $lt: '6' } }] },
        ({ a, b }) => a === 3 && b >= '3' && b < '6',
      ],
      [{ a: { $in: [1, null] }, b: '4' }, ({ a, b }) => (a === 1 || a === null) && b === '4'],
      [{ a: { $gt: 2, $lte: 5 } }, ({ a }) => a !== null && a > 2 && a <= 5],
      [{ words: { $all: ['w1', 'w2'] } }, ({ words }) => words.includes('w1') && words.includes('w2')],
      [{ a: { $ne: null }, b: { $in: [] } }, () => false],
    ];
    const found = async (name: string): Promise<string[][]> => {
      const ids = cases.map(async ([filter]) =>
        (await database.collection(name).find(filter).toArray()).map(({ _id }) => String(_id)).sort(),
      );
      return Promise.all(ids);
    };
    const expected = cases.map(([, holds]) =>
      rows
        .filter(holds)
        .map(({ _id }) => _id)
        .sort(),
    );
    expect(await found('moving')).toEqual(expected);
    await database.collection('moving').createIndex({ a: 1, b: 1, _id: 1 }, { name: 'by_a' }, {});
    await database.collection('moving').createIndex({ words: 1 }, { name: 'by_word' }, {});
    expect(await found('moving')).toEqual(expected);
    await database.collection('moving').rename('moved', { dropTarget: true });
    if (server.outage !== null) {
      await outage?.kill();
      await outage?.restart();
    }
    expect(await found('moved')).toEqual(expected);
    const moved = database.collection<(typeof rows)[number]>('moved');
    expect(await moved.findOne({ _id: 'r5' })).toEqual(rows[5]);
    expect((await moved.indexes()).map(({ name }) => name).sort()).toEqual([
      '_id_', 'by_a', 'by_word',
    ]); // prettier-ignore
  });
});
