import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EventStoreAccessError, openEventStoreDb, type EventStoreDb } from '@city311/eventing';
import { streamName } from '@city311/kernel';
import {
  newTestEvent,
  selfSigned,
  startEventStoreDouble,
  type DoubleOptions,
  type EventStoreDouble,
} from '@city311/testing';

const secret = 'hunter2';
const credentials = { username: 'city', password: secret };

describe('The way to EventStoreDB', () => {
  let folder: string;
  let ca: string;
  const servers: EventStoreDouble[] = [];
  const stores: EventStoreDb[] = [];
  const tls = selfSigned();
  const serve = async (options: Partial<DoubleOptions> = {}) => {
    const own = await mkdtemp(join(folder, 'server-'));
    const server = await startEventStoreDouble({ folder: own, ...options });
    servers.push(server);
    return server;
  };
  const open = async (
    url: string,
    connectTimeoutMs = 3_000,
    log: (line: string) => void = () => undefined,
  ) => {
    const store = await openEventStoreDb({ url, connectTimeoutMs, log });
    stores.push(store);
    return store;
  };
  const failure = async (url: string, connectTimeoutMs = 600): Promise<Error> => {
    try {
      await open(url, connectTimeoutMs);
    } catch (error) {
      if (error instanceof Error) return error;
    }
    throw new Error(`it did open ${url}`);
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'esdb-'));
    ca = join(folder, 'ca.pem');
    await writeFile(ca, tls.certificate);
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    for (const server of servers.splice(0)) await server.stop();
    await rm(folder, { recursive: true });
  });

  it('goes through TLS with credentials', async () => {
    const { port } = await serve({ tls, credentials });
    const store = await open(`esdb://city:${secret}@localhost:${port}?tls=true&tlsCAFile=${ca}`);
    await store.append(streamName('test.case', '1'), [newTestEvent()], 'no-stream');
    expect(await store.readStream(streamName('test.case', '1'))).toHaveLength(1);
  });

  it('is closed to a wrong password and to none, and says what to check without repeating it', async () => {
    const { port } = await serve({ tls, credentials });
    for (const user of ['city:wrong-one@', '']) {
      const error = await failure(`esdb://${user}localhost:${port}?tls=true&tlsCAFile=${ca}`);
      expect(error).toBeInstanceOf(EventStoreAccessError);
      expect(error.message).toContain('check user and password in EVENTSTORE_URL');
      expect(error.message).toContain(`localhost:${port}`);
      expect(error.message).not.toContain('wrong-one');
    }
  });

  it('says what to check where no server is, or one that cannot be trusted, or without TLS', async () => {
    const plain = await serve();
    const secure = await serve({ tls });
    const urls = [
      `esdb://city:${secret}@127.0.0.1:1?tls=false`,
      `esdb://city:${secret}@localhost:${plain.port}?tls=true`,
      `esdb://city:${secret}@localhost:${secure.port}?tls=true`,
      `esdb://city:${secret}@127.0.0.1:${secure.port}?tls=false`,
    ];
    for (const url of urls) {
      const { message } = await failure(url);
      expect(message).toMatch(/cannot be reached: .*Check host and port in EVENTSTORE_URL/);
      expect(message).not.toContain(secret);
    }
  });

  it('names a bad connection string without repeating it', async () => {
    for (const url of [
      `http://city:${secret}@host`,
      `esdb://city:${secret}@host:port`,
      `esdb://${secret}@?x`,
    ]) {
      const { message } = await failure(url);
      expect(message).toContain('EVENTSTORE_URL is no connection string');
      expect(message).not.toContain(secret);
    }
    const { message } = await failure('esdb://127.0.0.1:1?tls=true&tlsCAFile=/none/ca.pem');
    expect(message).toBe('EVENTSTORE_URL: tlsCAFile cannot be read: /none/ca.pem');
  });

  it('waits for a server that comes later', async () => {
    const first = await serve();
    first.faults.refuse = true;
    const lines: string[] = [];
    const opening = open(first.url, Infinity, (line) => lines.push(line));
    setTimeout(() => {
      first.faults.refuse = false;
    }, 2_500);
    await opening;
    expect(lines[0]).toMatch(/^EventStoreDB is away: .*Not Ready|^waiting for EventStoreDB at esdb:/);
  }, 10_000);

  it('finds the leader of a cluster by gossip', async () => {
    const follower = await serve({ state: 'follower' });
    const leader = await serve();
    const hosts = `127.0.0.1:1,127.0.0.1:${leader.port}`;
    const listed = await open(`esdb://${hosts}?tls=false`);
    const discovered = await open(`esdb+discover://127.0.0.1:${leader.port}?tls=false`);
    await listed.append(streamName('test.case', '1'), [newTestEvent()], 'no-stream');
    expect(await discovered.readStream(streamName('test.case', '1'))).toHaveLength(1);
    expect(follower.calls.size).toBe(0);
  });

  it('follows the leader where another one leads now, and writes there once', async () => {
    const old = await serve();
    const store = await open(old.url);
    await store.append(streamName('test.case', '1'), [newTestEvent()], 'no-stream');
    const leader = await serve();
    old.faults.leader = { host: '127.0.0.1', port: leader.port };
    await store.append(streamName('test.case', '2'), [newTestEvent()], 'no-stream');

    const direct = await open(leader.url);
    expect(await direct.readStream(streamName('test.case', '2'))).toHaveLength(1);
    expect(await store.readStream(streamName('test.case', '2'))).toHaveLength(1);
  });
});
