import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { TransientError } from '@city311/kernel';
import { describeWithMongo, sampleEvent, samplePosition, sampleProjection } from '@city311/testing';
import type { Connection } from 'mongoose';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { Feed, Projection } from '../read-models.js';
import type { SampleDoc } from '@city311/testing';
import type { IndexReport } from './indexes.js';
import { createMongoViewStore } from './mongodb-view-store.js';
import { openMongoConnection } from './open-connection.js';
import { buildingName } from './stored.js';

const opened = ['a', 'b', 'c'].map((key) => sampleEvent('opened', key, 0, { title: key }));

const feedOf = async function* (events = opened, position = samplePosition(3)): Feed {
  yield await Promise.resolve({ events, position });
};

await describeWithMongo('a database of views', (server) => {
  const connections: Connection[] = [];
  let database = '';
  const connect = async (selectionMs = 3_000): Promise<Connection> => {
    const connection = await openMongoConnection({ url: server.url, database, selectionMs });
    connections.push(connection);
    return connection;
  };
  beforeEach(() => {
    database = `views_${randomUUID()}`;
  });
  afterAll(async () => {
    for (const connection of connections) {
      if (connection.name.startsWith('views_')) await connection.dropDatabase();
      await connection.close();
    }
  }, 30_000);

  const names = async (connection: Connection): Promise<string[]> =>
    (await connection.listCollections()).map(({ name }) => name);

  it('is read by a second store while the first applies, rebuilds and swaps', async () => {
    const writer = createMongoViewStore({ connection: await connect() });
    const reader = createMongoViewStore({ connection: await connect() });
    const { view } = await writer.open(sampleProjection());
    const { view: elsewhere } = await reader.open(sampleProjection());
    await view.apply(opened, samplePosition(3));
    expect(await elsewhere.caughtUp(samplePosition(3), 1000)).toBe(true);
    await writer.rebuild(sampleProjection(), feedOf());
    await view.apply([sampleEvent('erased', 'b', 1)], samplePosition(4));
    expect((await elsewhere.find({})).items.map((doc) => doc.number)).toEqual(['a', 'c']);
    await Promise.all([writer.close(), reader.close()]);
  });

  it('keeps no document in memory that another store has changed', async () => {
    const [one, two] = [await connect(), await connect()].map((connection) =>
      createMongoViewStore({ connection }),
    );
    if (one === undefined || two === undefined) throw new Error('two stores');
    const { view: first } = await one.open(sampleProjection());
    const { view: second } = await two.open(sampleProjection());
    await first.apply(opened, samplePosition(3));
    await second.apply([sampleEvent('moved', 'a', 1, { department: 'PWD' })], samplePosition(4));
    await first.apply([sampleEvent('closed', 'a', 2)], samplePosition(5));
    expect(await second.get('a')).toMatchObject({ department: 'PWD', status: 'closed', steps: 3 });
    await Promise.all([one.close(), two.close()]);
  });

  it('keeps what another store has rebuilt from a writer that has not heard of the swap', async () => {
    const late = createMongoViewStore({ connection: await connect() });
    const other = createMongoViewStore({ connection: await connect() });
    const { view } = await late.open(sampleProjection());
    await view.apply(opened, samplePosition(3));
    const d = sampleEvent('opened', 'd', 0, { title: 'd' });
    const moved = sampleEvent('moved', 'd', 1, { department: 'PWD' });
    await other.rebuild(sampleProjection(), feedOf([...opened, d, moved], samplePosition(5)));
    await expect(view.apply([d], samplePosition(4))).rejects.toBeInstanceOf(TransientError);
    const { view: fresh } = await other.open(sampleProjection());
    await fresh.apply([sampleEvent('closed', 'd', 2)], samplePosition(6));
    expect(await fresh.get('d')).toMatchObject({ department: 'PWD', status: 'closed', steps: 3 });
    expect(await fresh.parkedCount()).toBe(0);
    await Promise.all([late.close(), other.close()]);
  });

  it('replaces what a writer left that had not heard of the swap', async () => {
    const late = createMongoViewStore({ connection: await connect() });
    const other = createMongoViewStore({ connection: await connect() });
    const { view } = await late.open(sampleProjection());
    await view.apply(opened, samplePosition(3));
    await other.rebuild(sampleProjection(), feedOf());
    const d = sampleEvent('opened', 'd', 0, { title: 'd' });
    await expect(view.apply([d], samplePosition(4))).rejects.toBeInstanceOf(TransientError);
    const { view: fresh } = await other.open(sampleProjection());
    expect(await fresh.checkpoint()).toBe(samplePosition(3));
    await fresh.apply([d], samplePosition(4));
    await fresh.apply([sampleEvent('closed', 'd', 1)], samplePosition(5));
    expect(await fresh.get('d')).toMatchObject({ status: 'closed', steps: 2 });
    await Promise.all([late.close(), other.close()]);
  });

  it('lets nobody pass by a document that another store has parked meanwhile', async () => {
    const [one, two] = [await connect(), await connect()].map((connection) =>
      createMongoViewStore({ connection }),
    );
    if (one === undefined || two === undefined) throw new Error('two stores');
    const { view: first } = await one.open(sampleProjection());
    const { view: second } = await two.open(sampleProjection());
    await first.apply(opened, samplePosition(3));
    const event = sampleEvent('poisoned', 'a', 1);
    await second.apply([], samplePosition(4), { add: [{ key: 'a', reason: 'poisoned', event }] });
    const late = first.apply([sampleEvent('closed', 'a', 2)], samplePosition(5));
    await expect(late).rejects.toBeInstanceOf(TransientError);
    expect([...(await first.parkedKeys())]).toEqual(['a']);
    expect(await first.checkpoint()).toBe(samplePosition(4));
    await Promise.all([one.close(), two.close()]);
  });

  it('ends with the fold where two stores apply the same batches at the same time', async () => {
    const stores = await Promise.all(
      [1, 2].map(async () => createMongoViewStore({ connection: await connect() })),
    );
    const views = await Promise.all(stores.map(async (store) => (await store.open(sampleProjection())).view));
    const batches = Array.from({ length: 20 }, (_, i) =>
      ['a', 'b', 'c'].map((key) =>
        sampleEvent(i === 0 ? 'opened' : 'moved', key, i, { title: key, department: `D${i}` }),
      ),
    );
    await Promise.all(
      views.map(async (view) => {
        for (const [i, batch] of batches.entries()) {
          let done = false;
          while (!done) {
            done = await view.apply(batch, samplePosition(i + 1)).then(
              () => true,
              (error: unknown) => {
                if (!(error instanceof TransientError)) throw error;
                return false;
              },
            );
          }
        }
      }),
    );
    for (const view of views) {
      expect(await view.get('b')).toMatchObject({ department: 'D19', steps: 20 });
      expect(await view.checkpoint()).toBe(samplePosition(20));
    }
    await Promise.all(stores.map((store) => store.close()));
  }, 30_000);

  it('serves on when a rebuild dies half-way, and loses what that left behind once nobody has been at it', async () => {
    const connection = await connect();
    const store = createMongoViewStore({ connection });
    const { view } = await store.open(sampleProjection());
    await view.apply(opened, samplePosition(3));
    const half = connection.collection<{ _id: number }>(buildingName('samples', 'dead'));
    await half.insertOne({ _id: 0, ...{ generation: 'dead', builtAt: Date.now() - 60_000 } });
    await store.close();

    const patient = createMongoViewStore({ connection });
    await patient.open(sampleProjection());
    await patient.close();
    expect(await names(connection)).toContain(half.collectionName);

    const next = createMongoViewStore({ connection, abandonedMs: 30_000 });
    const { view: again } = await next.open(sampleProjection());
    expect(await again.count({})).toEqual([{ group: {}, count: 3 }]);
    await next.close();
    expect(await names(connection)).not.toContain(half.collectionName);
  });

  it('thaws by itself where a rebuild died between freezing the live view and the swap', async () => {
    const connection = await connect();
    const store = createMongoViewStore({ connection });
    const { view } = await store.open(sampleProjection());
    await view.apply(opened, samplePosition(3));
    const state = connection.collection<{ _id: number }>('samples');
    await state.updateOne({ _id: 0 }, { $set: { frozenUntil: Date.now() + 300 }, $inc: { revision: 1 } });
    const closed = sampleEvent('closed', 'a', 1);
    await expect(view.apply([closed], samplePosition(4))).rejects.toBeInstanceOf(TransientError);
    expect(await view.checkpoint()).toBe(samplePosition(3));
    await pause(400);
    await view.apply([closed], samplePosition(4));
    expect(await view.get('a')).toMatchObject({ status: 'closed' });
    await store.close();
  });

  it('has the declared indexes, makes new ones beside the traffic and drops its own old ones', async () => {
    const connection = await connect();
    const reports: [string, IndexReport | { readonly error: unknown }][] = [];
    const onIndexes = (view: string, report: IndexReport | { readonly error: unknown }): void => {
      reports.push([view, report]);
    };
    const first = sampleProjection();
    const store = createMongoViewStore({ connection, onIndexes });
    await (await store.open(first)).view.apply(opened, samplePosition(3));
    await store.close();
    await connection
      .collection('samples')
      .createIndex({ 'columns.steps': 1 }, { name: 'by_an_operator' }, {});
    const second: Projection<SampleDoc> = {
      ...first,
      view: { ...first.view, indexes: [['urgent'], ['openedAt']] },
    };
    const next = createMongoViewStore({ connection, onIndexes });
    expect(await next.open(second)).toMatchObject({ stale: false });
    await next.close();
    expect(reports.map(([, report]) => report)).toMatchObject([
      { dropped: [] },
      {
        created: ['view_urgent'],
        dropped: expect.arrayContaining(['view_status_openedAt', 'view_department_openedAt']),
      },
    ]);
    const present = (await connection.collection('samples').indexes()).map(({ name }) => name).sort();
    expect(present).toEqual([
      '_id_', 'by_an_operator', 'view_latitude_longitude', 'view_openedAt', 'view_urgent', 'view_words',
    ]); // prettier-ignore
  });

  const { outage } = server;
  (outage === null ? it.skip : it)(
    'says that it cannot answer while the server is away, and goes on where it was',
    async () => {
      // Longer than the client's shortest pause between two looks for the server, which is 500 ms.
      const store = createMongoViewStore({ connection: await connect(1_500) });
      const { view } = await store.open(sampleProjection());
      await view.apply(opened, samplePosition(3));
      await outage?.kill();
      await expect(view.get('a')).rejects.toBeInstanceOf(TransientError);
      await expect(view.find({ search: 'a' })).rejects.toBeInstanceOf(TransientError);
      const closed = sampleEvent('closed', 'a', 1);
      await expect(view.apply([closed], samplePosition(4))).rejects.toBeInstanceOf(TransientError);
      await outage?.restart();
      expect(await view.checkpoint()).toBe(samplePosition(3));
      await view.apply([closed], samplePosition(4));
      expect(await view.get('a')).toMatchObject({ status: 'closed', steps: 2 });
      expect(await view.count({ search: 'b' })).toEqual([{ group: {}, count: 1 }]);
      await store.close();
    },
    30_000,
  );

  it('begins again at the stored position where a server has lost its newest writes', async () => {
    const connection = await connect();
    const store = createMongoViewStore({ connection });
    const { view } = await store.open(sampleProjection());
    await view.apply(opened.slice(0, 1), samplePosition(1));
    const rows = connection.collection<{ _id: number | string }>('samples');
    const early = await rows.find({}).toArray();
    await view.apply(opened.slice(1), samplePosition(3));
    await rows.deleteMany({});
    await rows.insertMany(early);
    const late = view.apply([sampleEvent('closed', 'a', 1)], samplePosition(4));
    await expect(late).rejects.toBeInstanceOf(TransientError);
    expect(await view.checkpoint()).toBe(samplePosition(1));
    await view.apply([...opened.slice(1), sampleEvent('closed', 'a', 1)], samplePosition(4));
    expect(await view.count({})).toEqual([{ group: {}, count: 3 }]);
    await store.close();
  });
});
