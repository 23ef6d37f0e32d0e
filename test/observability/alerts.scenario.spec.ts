import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { newEventId, openSqliteEventStore } from '@city311/eventing';
import { streamName } from '@city311/kernel';
import { openSqliteConsumerState } from '@city311/messaging';
import { openSqliteLeases } from '@city311/scheduling';

import { readLog } from '../faults/collect.js';
import { fillDisk } from '../faults/fill-disk.js';
import { keysFor } from '../faults/load/server-lives.js';
import { MoodyMailServer } from '../faults/load/smtp.js';
import { post, potholeReport, until } from '../faults/reports.js';
import { buildIfStale } from '../server/build.js';
import { Client } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { membersOf } from '../server/json.js';
import { projectRoot, StartedServer } from '../server/started-server.js';
import { filesIn, readObservability } from './documented.js';
import { firingAt } from './alert-rules.js';
import { ada, reportOf } from './resident.js';
import { scrape, type Scrape } from './scrape.js';

/** Waits until the alert's condition holds on what the server shows since `scrapes` began. */
const untilItFires = async (
  alert: string,
  server: StartedServer,
  scrapes: readonly Scrape[],
  withinMs = 30_000,
): Promise<void> => {
  await until(
    `${alert} fires`,
    async () => firingAt([...scrapes, await scrape(server.managementUrl)]).includes(alert),
    withinMs,
  );
};

/** A machine that is busy with other things makes these fire; whether they do is asked where they are caused. */
const ofBusyMachines = new Set([
  'City311ThreadBlocked',
  'City311AnswersSlow',
  'City311AppendsSlow',
  'City311SlowToView',
]);
const firingButForLoad = (scrapes: readonly Scrape[]): readonly string[] =>
  firingAt(scrapes).filter((alert) => !ofBusyMachines.has(alert));

const folderOf = (name: string): string => mkdtempSync(join(tmpdir(), `city311-alerts-${name}-`));

describe('Alerts on a process with troubles from outside', () => {
  const dataDir = folderOf('outside');
  let mailServer: MoodyMailServer;
  let server: StartedServer;
  let client: Client;
  let calm: Scrape;

  beforeAll(async () => {
    buildIfStale();
    const { operator } = await keysFor(dataDir);
    mailServer = await MoodyMailServer.start();
    server = await StartedServer.start({ dataDir, env: { SMTP_URL: mailServer.url, LOG_LEVEL: 'trace' } });
    client = new Client(server.url, operator);
    calm = await scrape(server.managementUrl);
  }, 300_000);
  afterAll(async () => {
    client.close();
    await server.stop();
    await mailServer.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 300_000);

  const append = async (id: string, type: string, data: unknown): Promise<void> => {
    const store = await openSqliteEventStore({ folder: dataDir, processName: 'beside' });
    const time = new Date().toISOString();
    const envelope = { source: '/beside', subject: id, time, actor: 'key:beside', jurisdiction: 'boston' };
    const event = { id: newEventId(), type, ...envelope, imported: false, correlationId: 'beside', data };
    await store.append(streamName('intake.case', id), [event], 'any');
    await store.close();
  };

  it('are quiet while reports are taken, routed, shown and told of', async () => {
    for (let count = 0; count < 20; count += 1) await post(client, potholeReport(`calm-${count}`));
    expect(await untilDrained(client)).toBe(true);
    await until('messages came through', async () => mailServer.arrived.length >= 20, 20_000);
    expect(firingButForLoad([calm, await scrape(server.managementUrl)])).toEqual([]);
  }, 300_000);

  it('City311NoticesFail fires where the mail server refuses; the log then names nobody', async () => {
    mailServer.mood = 'refuses';
    for (let count = 0; count < 6; count += 1) await post(client, reportOf(ada, `refused-${count}`));
    await untilItFires('City311NoticesFail', server, [calm]);
    const logged = readFileSync(server.logFile, 'utf8');
    for (const detail of ada.details) expect(logged).not.toContain(detail);
  }, 300_000);

  it('City311NoticesUncertain fires where the mail server hangs up without an answer', async () => {
    mailServer.mood = 'hangs-up';
    for (let count = 0; count < 6; count += 1) await post(client, potholeReport(`swallowed-${count}`));
    await untilItFires('City311NoticesUncertain', server, [calm]);
    mailServer.mood = 'takes';
  }, 300_000);

  it('City311KeysRefused fires where somebody tries keys; the log says so in few lines, without a key', async () => {
    for (let count = 0; count < 60; count += 1) {
      const key = `city311_guessed_${String(count).padEnd(43, 'x')}`;
      const answer = await fetch(new URL('/api/status', server.url), {
        headers: { authorization: `Bearer ${key}` },
      });
      expect(answer.status).toBe(401);
    }
    await untilItFires('City311KeysRefused', server, [calm]);
    const logged = readFileSync(server.logFile, 'utf8');
    expect(logged.split('API keys were refused').length - 1).toBeLessThan(3);
    expect(logged).not.toContain('city311_guessed_');
  }, 300_000);

  it('City311Retries fires where a handler fails again and again', async () => {
    const opened = (await readLog(dataDir)).find(({ type }) => type === 'intake.CaseOpened.v1');
    for (const id of ['260000900012', '260000900020', '260000900038', '260000900046'])
      await append(id, 'intake.CaseOpened.v1', {
        ...membersOf(opened?.data),
        caseNumber: id,
        openedAt: 'some day',
      });
    await untilItFires('City311Retries', server, [calm], 60_000);
  }, 300_000);

  it('City311ParkedMessages fires where nobody can read a message', async () => {
    const { caseNumber } = await post(client, potholeReport('poisoned'));
    await append(caseNumber, 'intake.CaseTeleported.v1', { caseNumber });
    await untilItFires('City311ParkedMessages', server, [calm], 60_000);
  }, 300_000);

  it('City311ThreadBlocked fires where a thread comes to its turn seconds late', async () => {
    await scrape(server.managementUrl);
    await pause(300);
    process.kill(server.pid, 'SIGSTOP');
    await pause(2_500);
    process.kill(server.pid, 'SIGCONT');
    expect(firingAt([calm, await scrape(server.managementUrl)])).toContain('City311ThreadBlocked');
  }, 30_000);

  it('City311Down fires where nobody answers', async () => {
    await server.stop();
    expect(firingAt([calm, await scrape(server.managementUrl)])).toContain('City311Down');
  }, 300_000);
});

describe('Alerts on a process whose work somebody else claims to do', () => {
  const dataDir = folderOf('claimed');
  const elsewhere = 'elsewhere/1/1/a';
  let server: StartedServer;
  let client: Client;
  let calm: Scrape;
  let giveBack: () => Promise<void> = async () => undefined;

  beforeAll(async () => {
    buildIfStale();
    const { channel } = await keysFor(dataDir);
    const state = openSqliteConsumerState({ folder: dataDir });
    const leases = openSqliteLeases({ folder: dataDir });
    const taken = [
      await state.leases.acquire(
        'consumer:city311.routing.on-case:city311.intake.case.v1',
        elsewhere,
        300_000,
      ),
    ];
    const view = await leases.acquire('view:service_requests', elsewhere, 300_000);
    expect(taken).not.toContain(null);
    expect(view).not.toBeNull();
    giveBack = async () => {
      if (view !== null) await leases.release(view);
      state.close();
      leases.close();
    };
    server = await StartedServer.start({ dataDir });
    client = new Client(server.url, channel);
    calm = await scrape(server.managementUrl);
  }, 300_000);
  afterAll(async () => {
    client.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 300_000);

  it('City311NobodyWorks fires, and City311ConsumerLag once enough has come in', async () => {
    expect(firingButForLoad([calm])).toEqual(['City311NobodyWorks']);
    for (let batch = 0; batch < 11; batch += 1) {
      const body = Array.from({ length: 100 }, (_, count) => potholeReport(`lag-${batch}-${count}`));
      const { status } = await client.once({
        path: '/events',
        body,
        contentType: 'application/cloudevents-batch+json',
      });
      expect(status).toBeLessThan(300);
    }
    await untilItFires('City311ConsumerLag', server, [calm]);
  }, 300_000);

  it('City311SlowToView fires once the view is filled again: its reports come late', async () => {
    await giveBack();
    await untilItFires('City311SlowToView', server, [calm], 60_000);
  }, 300_000);
});

const disk = folderOf('disk');
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'none', disk]).status === 0;
if (!mounted)
  process.stdout.write(
    'City311AppendsFail, City311VaultFails, City311AnswersFail: skipped, this user may not mount a disk\n',
  );

(mounted ? describe : describe.skip)('Alerts on a full disk', () => {
  const dataDir = join(disk, 'data');
  let server: StartedServer;

  beforeAll(async () => {
    buildIfStale();
  }, 300_000);
  afterAll(async () => {
    await server.stop();
    spawnSync('umount', [disk]);
    rmSync(disk, { recursive: true, force: true });
  }, 300_000);

  it('City311AppendsFail, City311VaultFails and City311AnswersFail fire', async () => {
    const { operator } = await keysFor(dataDir);
    server = await StartedServer.start({ dataDir });
    const client = new Client(server.url, operator);
    expect((await post(client, potholeReport('room'))).status).toBe(201);
    expect(await untilDrained(client)).toBe(true);
    const calm = await scrape(server.managementUrl);
    expect(firingButForLoad([calm])).toEqual([]);
    fillDisk(join(disk, 'filler'));
    const scrapes = [calm];
    for (const contact of [undefined, { email: 'a@example.org', consent: true }]) {
      let refused = 0;
      for (let count = 0; count < 400 && refused < 20; count += 1) {
        const report = potholeReport(`full-${scrapes.length}-${count}`, { contact });
        if ((await post(client, report)).status === 503) refused += 1;
        fillDisk(join(disk, 'filler'));
      }
      expect(refused).toBe(20);
      scrapes.push(await scrape(server.managementUrl));
    }
    const firing = firingAt(scrapes);
    rmSync(join(disk, 'filler'));
    client.close();
    expect(firing).toEqual(
      expect.arrayContaining(['City311AppendsFail', 'City311VaultFails', 'City311AnswersFail']),
    );
    // A status that was never answered before has no growth yet: Prometheus sees it from its second scrape on.
    expect(scrapes).toHaveLength(3);
  }, 300_000);
});

describe('The operators’ commands in runbooks', () => {
  it('exist', () => {
    buildIfStale();
    const { stdout } = spawnSync(
      process.execPath,
      [join(projectRoot, 'services/all/dist/src/ops/main.js'), 'help'],
      {
        cwd: projectRoot,
        encoding: 'utf8',
      },
    );
    const known = [...stdout.matchAll(/^ {2}(\S.*)$/gm)].map(([, usage = '']) => usage);
    for (const file of filesIn('runbooks')) {
      for (const [, command = ''] of readObservability(`runbooks/${file}`).matchAll(
        /npm run ops -- ([a-z -]*[a-z])/g,
      )) {
        const words = command.split(' --')[0] ?? '';
        const options = [...command.matchAll(/--[a-z]+/g)].map(([option]) => option);
        const usage = known.find((each) => each === words || each.startsWith(`${words} `)) ?? '';
        expect({ file, command, usage }).toEqual({ file, command, usage: expect.stringMatching(/./) });
        for (const option of options) expect(usage).toContain(option);
      }
    }
  }, 300_000);
});
