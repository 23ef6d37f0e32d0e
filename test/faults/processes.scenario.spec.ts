import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { buildIfStale } from '../server/build.js';
import { Client } from '../server/client.js';
import { StartedServer } from '../server/started-server.js';
import { findAnomalies } from './checker.js';
import { mailsIn } from './collect.js';
import { countOf, gather } from './gather.js';
import { crowdOf, type Crowd } from './load/crowd.js';
import { keysFor } from './load/server-lives.js';
import { told } from './told.js';

const takeoverMs = 10_000;

/** Process id of the log's writer, as its lease names it. */
const writerPid = (dataDir: string): number => {
  const db = new Database(join(dataDir, 'events.db'), { readonly: true });
  try {
    const holder = db.prepare('SELECT holder FROM writer_lease').pluck().get();
    return Number(String(holder).replace('pid-', ''));
  } finally {
    db.close();
  }
};

/** Whether somebody is writing one of the folder's files just now. */
const isLocked = (dataDir: string): boolean =>
  ['events.db', 'consumers.db', 'views.db', 'vault.db'].some((name) => {
    const file = join(dataDir, name);
    if (!existsSync(file)) return false;
    const db = new Database(file, { timeout: 0 });
    try {
      db.exec('BEGIN IMMEDIATE; ROLLBACK');
      return false;
    } catch {
      return true;
    } finally {
      db.close();
    }
  });

/** Stops a process between two transactions: one that stops within keeps SQLite's lock, and everybody waits for it. */
const suspend = async (pid: number, dataDir: string): Promise<void> => {
  for (;;) {
    process.kill(pid, 'SIGSTOP');
    await pause(10);
    if (!isLocked(dataDir)) return;
    process.kill(pid, 'SIGCONT');
    await pause(5);
  }
};

/** Milliseconds until a report sent to this server is answered with a case number. */
const untilTaken = async (url: string, key: string, id: string): Promise<number> => {
  const client = new Client(url, key, { timeoutMs: 3_000, attempts: 100, firstDelayMs: 50 });
  const startedAt = performance.now();
  const data = { serviceCode: 'REQPOTHL', location: { latitude: 42.3479, longitude: -71.0745 } };
  const event = {
    specversion: '1.0',
    id,
    source: 'urn:faults:probe',
    type: 'city311.report.submitted.v1',
    data,
  };
  const { status } = await client.send({
    path: '/events',
    body: event,
    contentType: 'application/cloudevents+json',
  });
  client.close();
  expect([200, 201]).toContain(status);
  return performance.now() - startedAt;
};

describe('Two processes on one folder', () => {
  let dataDir = '';
  let servers: StartedServer[] = [];
  let keys: Awaited<ReturnType<typeof keysFor>>;
  let crowds: readonly Crowd[] = [];
  let working: Promise<unknown>;

  beforeAll(() => buildIfStale(), 120_000);
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'city311-faults-'));
    keys = await keysFor(dataDir);
    servers = [await StartedServer.start({ dataDir }), await StartedServer.start({ dataDir })];
    crowds = servers.map((server, index) => {
      // Names in ids: the second crowd's must differ.
      const crowd = crowdOf(311 + index * 100, keys, `at-${index}-`);
      for (const door of crowd.doors) door.open(server.url);
      return crowd;
    });
    working = Promise.all(crowds.map((crowd) => crowd.work()));
  }, 300_000);
  afterEach(async () => {
    for (const crowd of crowds) crowd.dismiss();
    for (const server of servers) {
      if (server.pid !== 0) {
        try {
          process.kill(server.pid, 'SIGCONT');
        } catch {
          // It is gone already.
        }
      }
      await server.stop();
    }
    rmSync(dataDir, { recursive: true, force: true });
  }, 300_000);

  const writerAndOther = (): readonly [StartedServer, StartedServer] => {
    const pid = writerPid(dataDir);
    const [writer, other] = [servers.find((one) => one.pid === pid), servers.find((one) => one.pid !== pid)];
    if (writer === undefined || other === undefined) throw new Error(`neither is the writer ${pid}`);
    return [writer, other];
  };

  const settle = async (server: StartedServer): Promise<void> => {
    for (const crowd of crowds) crowd.stop();
    await working;
    const client = new Client(server.url, keys.operator);
    const load = {
      reporters: crowds.flatMap(({ reporters }) => reporters),
      crews: crowds.flatMap(({ crews }) => crews),
      defects: crowds.flatMap(({ defects }) => defects),
    };
    const history = await gather(client, dataDir, load, () => mailsIn(join(dataDir, 'mail')));
    client.close();
    process.stdout.write(
      `${JSON.stringify({ cases: countOf(history, 'intake.CaseOpened.v1'), closed: countOf(history, 'intake.CaseClosed.v1'), mails: history.mails.length })}\n`,
    );
    expect(told(history, findAnomalies(history))).toEqual({ anomalies: [], log: [] });
    expect(countOf(history, 'intake.CaseOpened.v1')).toBeGreaterThan(40);
    expect(countOf(history, 'intake.CaseClosed.v1')).toBeGreaterThan(10);
  };

  it('both take reports, and one goes on within 10 s when the writer is killed', async () => {
    for (const [index, { url }] of servers.entries()) await untilTaken(url, keys.channel, `both-${index}`);
    await pause(2_000);
    const [writer, other] = writerAndOther();
    await writer.kill();
    expect(await untilTaken(other.url, keys.channel, 'after-the-kill')).toBeLessThan(takeoverMs);
    expect(writerPid(dataDir)).toBe(other.pid);
    // Those who stood at the other door come over.
    for (const crowd of crowds) for (const door of crowd.doors) door.open(other.url);
    await pause(2_000);
    await settle(other);
  }, 300_000);

  it('keep a writer out that lost its lease while it slept', async () => {
    await pause(2_000);
    const [writer, other] = writerAndOther();
    await suspend(writer.pid, dataDir);
    expect(await untilTaken(other.url, keys.channel, 'while-it-sleeps')).toBeLessThan(takeoverMs);
    expect(writerPid(dataDir)).toBe(other.pid);
    // Long enough for every lease to run out: the consumers', the views' and the timers' too.
    await pause(15_000);
    process.kill(writer.pid, 'SIGCONT');
    expect(await untilTaken(writer.url, keys.channel, 'after-it-woke')).toBeLessThan(takeoverMs);
    await pause(2_000);
    await settle(other);
  }, 300_000);
});
