import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { FrontDoor } from './front-door.js';

const settings = {
  PORT: 0,
  HOST: '127.0.0.1',
  PUBLIC_URL: 'https://311.example.gov',
  REQUEST_TIMEOUT_MS: 5_000,
  KEEP_ALIVE_TIMEOUT_MS: 60_000,
};

const answered = (url: string, agent?: Agent): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(url, agent === undefined ? {} : { agent }, (answer) => {
      answer.resume();
      answer.once('end', () => {
        resolve(answer);
      });
    }).once('error', reject);
  });

const opened: FrontDoor[] = [];
const frontDoor = async (): Promise<FrontDoor> => {
  const door = new FrontDoor(settings);
  opened.push(door);
  await door.listen();
  return door;
};

const hello = (_request: IncomingMessage, response: ServerResponse): void => {
  response.end('hello');
};

const opensWith = async (listener: typeof hello): Promise<FrontDoor> => {
  const door = await frontDoor();
  door.lead(listener);
  door.open();
  return door;
};

describe('The port that everybody reaches', () => {
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((door) => door.close()));
  });

  it('is alive and not ready while nobody stands behind it, and refuses no connection when somebody does', async () => {
    const door = await frontDoor();
    const seen: (number | undefined)[] = [];
    const enough = new AbortController();
    const asking = (async () => {
      while (!enough.signal.aborted) seen.push((await answered(`${door.url}/health/live`)).statusCode);
    })();
    expect((await answered(`${door.url}/events`)).statusCode).toBe(503);
    expect((await answered(`${door.url}/health/ready`)).statusCode).toBe(503);
    door.lead(hello);
    expect((await answered(`${door.url}/events`)).statusCode).toBe(503);
    door.open();
    expect((await answered(`${door.url}/events`)).statusCode).toBe(200);
    enough.abort();
    await asking;
    expect(new Set(seen)).toEqual(new Set([200]));
  });

  it('puts the same headers on the answers of both', async () => {
    const door = await frontDoor();
    const before = (await answered(`${door.url}/events`)).headers;
    door.lead(hello);
    door.open();
    const after = (await answered(`${door.url}/events`)).headers;
    for (const name of ['x-content-type-options', 'strict-transport-security'])
      expect([name, after[name]]).toEqual([name, before[name]]);
    expect(after['strict-transport-security']).toMatch(/^max-age=/);
  });

  it('says nothing of an end before it is drained, and then in every answer, to new connections too', async () => {
    const door = await opensWith(hello);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await answered(door.url, agent)).headers.connection).toBe('keep-alive');
    const drained = door.drain(300);
    const [kept, fresh] = [await answered(door.url, agent), await answered(door.url)];
    expect([kept.statusCode, kept.headers.connection]).toEqual([200, 'close']);
    expect([fresh.statusCode, fresh.headers.connection]).toEqual([200, 'close']);
    await drained;
    agent.destroy();
  });

  it('ends the connection with the answer that was in hand when the draining began', async () => {
    const begun = new Map<string, ServerResponse>();
    const door = await opensWith((_request, response) => begun.set('slow', response));
    const agent = new Agent({ keepAlive: true });
    const answer = answered(door.url, agent);
    while (begun.size === 0) await pause(5);
    const closed = door.drain(0).then(() => door.close());
    begun.get('slow')?.end('done');
    expect((await answer).headers.connection).toBe('close');
    await closed;
    agent.destroy();
  });

  it('is drained for as long as was asked, and no longer where nobody is connected', async () => {
    const door = await opensWith(hello);
    const from = performance.now();
    await door.drain(100);
    expect(performance.now() - from).toBeGreaterThanOrEqual(99);
    expect(performance.now() - from).toBeLessThan(400);
  });

  it('lets nobody hold up its end who is connected and says nothing', async () => {
    const door = await opensWith(hello);
    const { hostname, port } = new URL(door.url);
    const silent = connect(Number(port), hostname);
    await once(silent, 'connect');
    const gone = once(silent, 'close');
    const from = performance.now();
    await door.drain(0);
    await door.close();
    await gone;
    expect(performance.now() - from).toBeLessThan(3_000);
  });

  it('waits for what is in hand, and refuses what comes after', async () => {
    const begun: ServerResponse[] = [];
    const door = await opensWith((_request, response) => begun.push(response));
    const { url } = door;
    const answer = answered(url);
    while (begun.length === 0) await pause(5);
    let isClosed = false;
    const closed = door.close().then(() => {
      isClosed = true;
    });
    await pause(50);
    await expect(answered(url)).rejects.toThrow(/ECONNREFUSED/);
    expect(isClosed).toBe(false);
    begun[0]?.end('done');
    expect((await answer).statusCode).toBe(200);
    await closed;
  });
});
