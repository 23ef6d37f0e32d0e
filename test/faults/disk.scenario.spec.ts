import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { buildIfStale } from '../server/build.js';
import { Client } from '../server/client.js';
import { StartedServer } from '../server/started-server.js';
import { findAnomalies } from './checker.js';
import { mailsIn } from './collect.js';
import { fillDisk } from './fill-disk.js';
import { countOf, gather } from './gather.js';
import { crowdOf, type Crowd } from './load/crowd.js';
import { keysFor } from './load/server-lives.js';
import { post, potholeReport, until } from './reports.js';
import { told } from './told.js';

/** Several times what the crowd writes on a fast machine: what is left is taken by the filler, and given back. */
const diskMegabytes = 256;

/** A disk of its own, small, in memory; null where this user may not mount one. */
const smallDisk = (): string | null => {
  const folder = mkdtempSync(join(tmpdir(), 'city311-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMegabytes}m`, 'none', folder]);
  if (status === 0) return folder;
  rmSync(folder, { recursive: true });
  return null;
};

const isReady = async (client: Client): Promise<boolean> =>
  (await client.once({ path: '/health/ready' })).status === 200;

const disk = smallDisk();
const whereItCan = disk === null ? describe.skip : describe;
if (disk === null) process.stdout.write('disk full: skipped, this user may not mount a disk of its own\n');

whereItCan('A disk that is full', () => {
  const dataDir = join(disk ?? '', 'data');
  const filler = join(disk ?? '', 'filler');
  let server: StartedServer | undefined;
  let crowd: Crowd | undefined;

  beforeAll(() => buildIfStale(), 120_000);
  afterAll(async () => {
    crowd?.dismiss();
    await server?.stop();
    if (disk !== null) {
      spawnSync('umount', [disk]);
      rmSync(disk, { recursive: true, force: true });
    }
  }, 300_000);

  it('is answered with 503, leaves nothing half-written, and all goes on once there is room', async () => {
    const keys = await keysFor(dataDir);
    server = await StartedServer.start({ dataDir });
    const { url } = server;
    crowd = crowdOf(64, keys);
    for (const door of crowd.doors) door.open(url);
    const working = crowd.work();
    const client = new Client(url, keys.operator);
    await pause(2_500);

    fillDisk(filler);
    const refused: number[] = [];
    for (let count = 0; count < 400 && refused.length < 20; count += 1) {
      const { status } = await post(client, potholeReport(`full-${count}`));
      expect([201, 503]).toContain(status);
      if (status === 503) refused.push(count);
      // What was freed meanwhile, by a checkpoint for instance, is taken as well.
      fillDisk(filler);
    }
    expect(refused.length).toBe(20);
    await until('it says that it takes nothing', async () => !(await isReady(client)), 10_000);
    for (let look = 0; look < 30; look += 1) {
      fillDisk(filler);
      expect([look, await isReady(client)]).toEqual([look, false]);
      await pause(100);
    }
    expect((await client.once({ path: '/health/live' })).status).toBe(200);
    expect((await client.once({ path: '/open-data/service-requests.json?from=2099-01-01' })).status).toBe(
      200,
    );
    await pause(2_000);
    // 64 clients ask all the while.
    const lines = readFileSync(server.logFile, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{"level"'));
    expect(lines).toEqual([expect.stringContaining('the disk takes nothing more')]);

    rmSync(filler);
    expect(statfsSync(disk ?? '').bfree).toBeGreaterThan(0);
    await until(
      'reports are taken again',
      async () => (await post(client, potholeReport(`full-${refused[0] ?? 0}`))).status < 300,
      10_000,
    );
    await until('it says that it takes reports again', () => isReady(client), 10_000);
    await pause(1_500);
    crowd.stop();
    await working;
    const history = await gather(client, dataDir, crowd, () => mailsIn(join(dataDir, 'mail')));
    client.close();
    process.stdout.write(
      `${JSON.stringify({ cases: countOf(history, 'intake.CaseOpened.v1'), events: history.log.length })}\n`,
    );
    expect(told(history, findAnomalies(history))).toEqual({ anomalies: [], log: [] });
    expect(countOf(history, 'intake.CaseClosed.v1')).toBeGreaterThan(10);
  }, 300_000);
});
