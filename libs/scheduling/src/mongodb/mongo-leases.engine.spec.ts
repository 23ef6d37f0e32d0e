import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it, jest } from '@jest/globals';
import mongoose from 'mongoose';

import { TransientError } from '@city311/kernel';
import { describeLeasesContract, describeWithMongo } from '@city311/testing';

import { processHolder } from '../holder.js';
import { openMongoLeases } from './mongo-leases.js';

// The stand-in is slow to start and to look many keys up.
jest.setTimeout(60_000);

const fresh = async (url: string) => {
  const dbName = `leases_${randomUUID().slice(0, 8)}`;
  const first = await mongoose.createConnection(url, { dbName }).asPromise();
  const second = await mongoose.createConnection(url, { dbName }).asPromise();
  return {
    one: await openMongoLeases({ connection: first }),
    two: await openMongoLeases({ connection: second }),
    advance: (ms: number) => sleep(ms),
    close: async () => {
      await first.dropDatabase();
      await Promise.all([first.close(), second.close()]);
    },
  };
};

await describeWithMongo('On MongoDB', ({ url }) => {
  describeLeasesContract('MongoDB', () => fresh(url));

  it('leases end by the clock of the server, whatever the hosts think the time is', async () => {
    const { one, two, close } = await fresh(url);
    const lease = await one.acquire('relay', 'a', 60_000);
    const serverNow = Date.now();
    expect(Math.abs(Date.parse(lease?.expiresAt ?? '') - serverNow - 60_000)).toBeLessThan(5_000);
    expect(await two.acquire('relay', 'b', 1)).toBeNull();
    await close();
  });

  it('leases keep one holder and growing tokens while many ask, hold for a moment and give back', async () => {
    const { one, two, close } = await fresh(url);
    const tokens: number[] = [];
    let holders = 0;
    const member = async (n: number): Promise<void> => {
      for (let turns = 0; turns < 4;) {
        const lease = await (n % 2 === 0 ? one : two).acquire('relay', `h${n}`, 60_000);
        if (lease === null) {
          await sleep(2);
          continue;
        }
        holders += 1;
        expect(holders).toBe(1);
        tokens.push(lease.token);
        holders -= 1;
        await (n % 2 === 0 ? one : two).release(lease);
        turns += 1;
      }
    };
    await Promise.all(Array.from({ length: 6 }, (_, n) => member(n)));
    expect(tokens).toEqual(Array.from({ length: 24 }, (_, n) => n + 1));
    await close();
  });

  it('leases are taken at once from a process of this host that runs no more', async () => {
    const { one, two, close } = await fresh(url);
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const before = await one.acquire('relay', `${hostname()}/${dead}/1/ab`, 60_000);
    const after = await two.acquire('relay', processHolder(), 60_000);
    expect(after?.token).toBeGreaterThan(before?.token ?? Infinity);
    await close();
  });
});

describe('Leases in MongoDB', () => {
  it('say that it may work later where the server is away, without the password', async () => {
    const connection = mongoose.createConnection('mongodb://jo:s3cret@127.0.0.1:9/x', {
      serverSelectionTimeoutMS: 200,
    });
    const opened: unknown = await openMongoLeases({ connection }).catch((error: unknown) => error);
    expect(opened).toBeInstanceOf(TransientError);
    const said = JSON.stringify(opened, Object.getOwnPropertyNames(opened));
    expect(said).toContain('MongoDB cannot be reached');
    expect(said).not.toContain('s3cret');
    await connection.close();
  });
});
