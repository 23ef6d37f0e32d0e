import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { openEventStoreDb, type EventStore } from '@city311/eventing';
import {
  spawnEventStoreDouble,
  startJavaBroker,
  startJavaMongo,
  type DoubleProcess,
  type JavaBroker,
  type MongoServer,
} from '@city311/testing/servers';

import { readConfig } from '../config.js';
import { openMoveTarget } from '../engines/move-target.js';
import { OldLog } from './cases/old-log.spec-support.js';
import { moveFolder } from './move.js';
import {
  ops,
  remove,
  startSystem,
  teleport,
  tempFolder,
  type Ran,
  type Running,
} from './ops.spec-support.js';
import { createOutput } from './output.js';

const room = await tempFolder();

interface Servers {
  readonly kafka: JavaBroker;
  readonly mongodb: MongoServer;
  readonly eventstore: DoubleProcess;
}

const startServers = async (): Promise<Servers | null> => {
  try {
    const kafka = await startJavaBroker({
      folder: join(room, 'kafka'),
      settings: { 'group.initial.rebalance.delay.ms': '0' },
    });
    const mongodb = await startJavaMongo({ folder: join(room, 'mongodb'), heap: 256 });
    await mkdir(join(room, 'eventstore'));
    return { kafka, mongodb, eventstore: await spawnEventStoreDouble(join(room, 'eventstore')) };
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    process.stdout.write(
      `SKIPPED: operators' commands on the cluster's engines, which did not start: ${why}\n`,
    );
    return null;
  }
};

const servers = await startServers();
const csv = '/open-data/service-requests.csv';
const caseTopic = 'city311.intake.case.v1';

(servers === null ? describe.skip : describe)('The operator of a cluster', () => {
  const { kafka, mongodb, eventstore } = servers ?? ({} as Servers);
  const folder = join(room, 'folder');
  let env: Readonly<Record<string, string>> = {};
  let system: Running | null = null;
  let reported: readonly string[] = [];
  let exported = '';
  const run = (...args: readonly string[]): Promise<Ran> => ops(env, ...args);
  const json = async (...args: readonly string[]): Promise<unknown> =>
    JSON.parse((await run(...args, '--json')).said);
  const running = (): Running => {
    if (system === null) throw new Error('the system does not run');
    return system;
  };
  const text = async (path: string): Promise<string> => (await fetch(`${running().url}${path}`)).text();

  beforeAll(async () => {
    env = {
      DATA_DIR: join(room, 'cluster'),
      EVENTSTORE_URL: eventstore.url,
      KAFKA_BROKERS: kafka.brokers.join(','),
      KAFKA_PARTITIONS: '2',
      MONGODB_URL: mongodb.url.replace('/?', '/city311?'),
      MASTER_KEY: randomBytes(32).toString('base64'),
    };
    system = await startSystem(folder);
    const cases: string[] = [];
    for (let n = 0; n < 8; n += 1)
      cases.push(await system.report({ contact: { email: `r${n}@example.org`, consent: true } }));
    reported = cases;
    await system.drained();
    exported = await text(csv);
    await system.stop();
  }, 120_000);
  afterAll(async () => {
    await system?.stop();
    await eventstore.stop();
    await mongodb.stop();
    await kafka.stopHard();
    await remove(room);
  }, 60_000);

  it('moves a folder into it, after a break too, and starts on what was moved', async () => {
    const target = await openMoveTarget(readConfig({ ...env, LOG_LEVEL: 'silent' }));
    let left = 20;
    const append: EventStore['append'] = (...given) => target.store.append(...given);
    const breaking: EventStore = {
      ...target.store,
      appendRecorded: async (...given) => {
        left -= 1;
        if (left < 0) throw new Error('killed');
        return (target.store.appendRecorded ?? append)(...given);
      },
    };
    const silent = createOutput(
      () => undefined,
      () => undefined,
    );
    await expect(
      moveFolder(folder, { ...target, store: breaking }, { whileRunning: false }, silent),
    ).rejects.toThrow('killed');
    await target.close();

    const moved = await ops({ ...env, DATA_DIR: folder }, 'move', '--to-cluster');
    expect([moved.complained, moved.code]).toEqual([expect.any(String), 0]);
    expect(moved.said).toMatch(/8 contacts[^]*the same in both[^]*Next:/);

    system = await startSystem(join(room, 'cluster'), env);
    await system.drained();
    expect(await text(csv)).toBe(exported);
    for (const caseNumber of reported)
      expect(JSON.stringify(await system.call('GET', `/api/cases/${caseNumber}`))).toContain('deep hole');
  }, 90_000);

  it('tells where relays, groups and views stand, and who works for each', async () => {
    await running().report();
    await running().drained();
    const lines = (await json('lag')) as { group: string; lag: number; holder: string | null }[];
    expect(lines.map(({ group }) => group)).toEqual(
      expect.arrayContaining([`relay:${caseTopic}`, 'city311.routing.on-case', 'view:service_requests']),
    );
    for (const { group, lag, holder } of lines)
      expect([group, lag, holder]).toEqual([group, 0, expect.stringMatching(/[@/]/)]);
    expect((await run('case', reported[0] ?? '')).said).toContain('departments.WorkOrderIssued');
    expect(await run('doctor')).toMatchObject({ code: 0, said: 'Nothing is wrong.\n' });
  }, 60_000);

  it('verifies every view, those that are stamped on arrival among them, and rebuilds one', async () => {
    for (const { view } of (await json('views', 'list')) as { view: string }[]) {
      const verified = await run('views', 'verify', view);
      expect([verified.said, verified.code]).toEqual([expect.stringContaining('none differs'), 0]);
    }
    const url = running().url;
    expect((await run('views', 'rebuild', 'work_orders', '--url', url)).said).toContain('by the process');
    expect((await run('views', 'rebuild', 'service_requests')).said).toContain('by this command');
    expect(await json('views', 'verify', 'work_orders')).toMatchObject({ documents: 9, differing: 0 });
  }, 60_000);

  it('finds a case that nobody works on, and mends it by events', async () => {
    const caseNumber = reported[1] ?? '';
    const beside = await openEventStoreDb({ url: eventstore.url });
    const old = new OldLog(beside);
    await old.cancelOrder(caseNumber, 1, 'case-rerouted');
    await beside.close();
    await running().drained();
    const found = await run('doctor');
    expect([found.code, found.said]).toEqual([1, expect.stringContaining('1 case(s) are stranded')]);
    expect((await run('cases', 'mend')).said).toContain('1 mended, 0 not');
    await running().drained();
    expect(await run('cases', 'check')).toMatchObject({
      code: 0,
      said: expect.stringContaining('none is stranded'),
    });
    const orders = await running().call('GET', `/api/work-orders?caseNumber=${caseNumber}`);
    expect(JSON.stringify(orders)).toContain(`${caseNumber}-2`);
  }, 60_000);

  it('sees what a relay holds, and has it tried again', async () => {
    const [caseNumber = ''] = reported;
    const beside = await openEventStoreDb({ url: eventstore.url });
    const unknown = await teleport(beside, caseNumber);
    await beside.close();
    await running().drained();
    const group = `relay:${caseTopic}`;
    const [held] = (await json('parked', 'list', '--group', group)) as { eventId: string; reason: string }[];
    expect(held).toMatchObject({ case: caseNumber, reason: expect.stringContaining('unknown event type') });
    const shown = await run('parked', 'show', '--group', group, '--event', held?.eventId ?? '');
    expect(shown.said).toContain(unknown.id);
    expect((await run('parked', 'resend', '--group', group)).said).toBe('0 relayed, 1 still held\n');
    expect(await run('doctor')).toMatchObject({
      code: 1,
      said: expect.stringContaining(`parked for ${group}`),
    });
    expect((await run('views', 'verify', 'service_requests')).code).toBe(0);
  }, 60_000);

  it('erases a person, and proves it in the log, the topics and the whole database', async () => {
    const { code, said } = await run('erase', '--email', 'r3@example.org');
    expect([said, code]).toEqual([expect.stringContaining('Nothing was found'), 0]);
    for (const place of ['vault', 'events', 'view service_requests', 'database', `topic ${caseTopic}`])
      expect(said).toMatch(new RegExp(`${place}: [1-9]\\d* searched, nothing found`));
    // The case that the relay holds cannot be told, and the view of it keeps the words until it is built anew.
    const other = await run('erase', '--email', 'r0@example.org');
    expect(other.code).toBe(1);
    expect(other.said).toMatch(/could not be told[^]*views rebuild service_requests/);
    expect((await run('views', 'rebuild', 'service_requests', '--url', running().url)).code).toBe(0);
    const file = join(room, 'erasures.jsonl');
    expect((await run('erasures', 'export', file)).said).toContain('2 erasure(s)');
    expect((await run('erasures', 'apply', file)).said).toContain('2 erasure(s) applied');
    expect(await run('backup', join(room, 'backup'))).toMatchObject({
      code: 1,
      complained: expect.stringContaining('erasures apply'),
    });
  }, 60_000);

  it('is told which server is away, and which refuses the settings', async () => {
    await system?.stop();
    system = null;
    const another = await ops({ ...env, MASTER_KEY: randomBytes(32).toString('base64') }, 'doctor');
    expect([another.code, another.said]).toEqual([
      1,
      expect.stringContaining('MongoDB answers, but refuses the settings: the master key'),
    ]);
    const login = {
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME: 'somebody',
      KAFKA_SASL_PASSWORD: 'not-to-be-shown',
    };
    const { said } = await ops({ ...env, ...login }, 'doctor');
    expect(said).toContain('Kafka answers, but refuses the settings');
    expect(said).not.toContain('not-to-be-shown');

    await eventstore.kill();
    expect(await run('doctor')).toMatchObject({
      code: 1,
      said: expect.stringContaining('fault: EventStoreDB does not answer'),
    });
    await eventstore.restart();
    await mongodb.outage?.kill();
    expect((await run('doctor')).said).toMatch(/^fault: MongoDB does not answer[^]*\n1 thing/);
    await mongodb.outage?.restart();
    await kafka.stopHard();
    expect((await run('doctor')).said).toMatch(/^fault: Kafka does not answer[^]*\n1 thing/);
  }, 90_000);
});
