import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isCaseNumber } from '@city311/domain-intake';
import { newEventId, openSqliteEventStore, type NewEvent } from '@city311/eventing';
import { streamName } from '@city311/kernel';

import { buildIfStale } from '../server/build.js';
import { Client } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { itemsOf, membersOf, textOf } from '../server/json.js';
import { projectRoot, StartedServer } from '../server/started-server.js';
import { readLog } from './collect.js';
import { keysFor } from './load/server-lives.js';
import { post, potholeReport, until } from './reports.js';

const onRouting = 'city311.intake.on-routing';

describe('A poison event', () => {
  let dataDir = '';
  let server: StartedServer;
  let client: Client;

  beforeAll(async () => {
    buildIfStale();
    dataDir = mkdtempSync(join(tmpdir(), 'city311-faults-'));
    const { operator } = await keysFor(dataDir);
    server = await StartedServer.start({ dataDir });
    client = new Client(server.url, operator);
  }, 300_000);
  afterAll(async () => {
    client.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 300_000);

  const append = async (stream: string, events: readonly Partial<NewEvent>[]): Promise<void> => {
    const store = await openSqliteEventStore({ folder: dataDir, processName: 'beside' });
    const dash = stream.indexOf('-');
    const [category, id] = [stream.slice(0, dash), stream.slice(dash + 1)];
    const time = new Date().toISOString();
    try {
      await store.append(
        streamName(category, id),
        events.map((event) => ({
          id: newEventId(),
          type: 'unknown',
          source: '/beside',
          subject: id,
          time,
          actor: 'key:beside',
          jurisdiction: 'boston',
          imported: false,
          correlationId: 'beside',
          data: null,
          ...event,
        })),
        'any',
      );
    } finally {
      await store.close();
    }
  };
  const ops = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(projectRoot, 'services/all/dist/src/ops/main.js'), ...args],
      { cwd: projectRoot, env: { ...process.env, DATA_DIR: dataDir }, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  const parkedBy = async (): Promise<ReadonlyMap<string, number>> => {
    const { body } = await client.send({ path: '/api/status' });
    return new Map(itemsOf(body, 'groups').map(({ group, parked }) => [textOf(group), Number(parked)]));
  };
  const typesOf = async (caseNumber: string): Promise<readonly string[]> =>
    (await readLog(dataDir))
      .filter(({ stream }) => stream === `intake.case-${caseNumber}`)
      .map(({ type }) => type);

  it('of a type that nobody knows is parked by everybody, with its case, while other cases go on', async () => {
    const { caseNumber } = await post(client, potholeReport('poisoned'));
    expect(await untilDrained(client)).toBe(true);
    await append(`intake.case-${caseNumber}`, [{ type: 'intake.CaseTeleported.v1', data: { caseNumber } }]);
    await until(
      'every consumer of the topic has parked it',
      async () => {
        const parked = await parkedBy();
        return [...parked].filter(([, count]) => count > 0).length >= 3;
      },
      30_000,
    );
    expect(ops('parked', 'list')).toContain(caseNumber);

    const other = await post(client, potholeReport('healthy'));
    expect(await untilDrained(client)).toBe(true);
    expect(await typesOf(other.caseNumber)).toContain('intake.CaseRouted.v1');
    const rows = await client.send({ path: '/open-data/service-requests.json' });
    expect(JSON.stringify(rows.body)).toContain(other.caseNumber);
    const { status } = await client.send({ path: '/health/ready' });
    expect(status).toBe(200);
    const shown = await client.once({ path: `/api/cases/${caseNumber}` });
    expect(JSON.stringify(shown.body)).not.toMatch(/ at |\.js|node:/);
  }, 300_000);

  it('of a known type without sense is parked where it makes no sense', async () => {
    const { caseNumber } = await post(client, potholeReport('senseless'));
    expect(await untilDrained(client)).toBe(true);
    const before = [...(await parkedBy()).values()].reduce((sum, count) => sum + count, 0);
    await append(`routing.case-${caseNumber}`, [
      { type: 'routing.RouteDecided.v1', subject: caseNumber, data: {} },
    ]);
    await until(
      'somebody has parked it',
      async () => {
        const parked = await parkedBy();
        return [...parked.values()].reduce((sum, count) => sum + count, 0) > before;
      },
      20_000,
    );
    const other = await post(client, potholeReport('healthy-too'));
    expect(await untilDrained(client)).toBe(true);
    const orders = await client.send({ path: `/api/work-orders?caseNumber=${other.caseNumber}` });
    expect(itemsOf(orders.body, 'items')).toHaveLength(1);
  }, 300_000);

  it('holds back those of its case, and all of them are handled in order when they are sent again', async () => {
    const { caseNumber } = await post(client, potholeReport('copied'));
    expect(await untilDrained(client)).toBe(true);
    const missing = nextNumber(caseNumber);
    const log = await readLog(dataDir);
    const opened = log.find(({ type, subject }) => type === 'intake.CaseOpened.v1' && subject === caseNumber);
    const decided = log.find(
      ({ type, subject }) => type === 'routing.RouteDecided.v1' && subject === caseNumber,
    );
    const [opening, decision] = [membersOf(opened?.data), membersOf(decided?.data)];
    const route = (departmentId: string, basis: string): Partial<NewEvent> => ({
      type: 'routing.RouteDecided.v1',
      data: { ...decision, caseNumber: missing, departmentId, basis },
    });
    // A route of a case that is not there: it makes no sense until the case is restored.
    const own = textOf(decision['departmentId']);
    await append(`routing.case-${missing}`, [route(own, 'rule'), route('PARK', 'operator')]);
    const listed = (): readonly string[] =>
      ops('parked', 'list', '--group', onRouting, '--case', missing).split('\n');
    await until('both are parked', async () => listed().length >= 4, 20_000);
    expect(listed()[0]).toContain('not-opened');
    expect(listed()[1]).toContain('queued-behind');

    await append(`intake.case-${missing}`, [
      { type: 'intake.CaseOpened.v1', data: { ...opening, caseNumber: missing } },
    ]);
    ops('parked', 'resend', '--group', onRouting, '--case', missing);
    await until('nothing of it is parked', async () => listed()[0]?.startsWith('0 ') === true, 20_000);
    expect(await untilDrained(client)).toBe(true);
    const shown = membersOf((await client.send({ path: `/api/cases/${missing}` })).body);
    expect(shown['departmentId']).toBe('PARK');
    expect(await typesOf(missing)).toEqual([
      'intake.CaseOpened.v1',
      'intake.CaseRouted.v1',
      'intake.CaseRouted.v1',
    ]);
  }, 300_000);
});

/** The number after this one's far successor, so that the server does not give it out in this test. */
const nextNumber = (caseNumber: string): string => {
  const stem = String(Number(caseNumber.slice(0, -1)) + 500_000);
  const found = Array.from({ length: 10 }, (_, digit) => `${stem}${digit}`).find(isCaseNumber);
  if (found === undefined) throw new RangeError(`no number begins with ${stem}`);
  return found;
};
