import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { readLog } from '../faults/collect.js';
import { MoodyMailServer } from '../faults/load/smtp.js';
import { Client } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { projectRoot, StartedServer } from '../server/started-server.js';
import { Filling, type Callers } from './fill.js';
import { exportOf, type Kept } from './kept.js';

const roles = {
  channel: 'channel',
  importer: 'importer',
  operator: 'operator',
  department: 'department:PWDx',
};

const ops = (dataDir: string, ...args: readonly string[]): void => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(projectRoot, 'services/all/dist/src/ops/main.js'), ...args],
    { cwd: projectRoot, env: { ...process.env, DATA_DIR: dataDir }, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`ops ${args.join(' ')}: ${stderr}`);
};

/**
 * Fills a data folder with the program as built, and keeps what a later program must make of it.
 * @param to  a new folder: `data.tar.gz`, `kept.json`, `events.jsonl`
 */
const make = async (to: string): Promise<void> => {
  const scratch = mkdtempSync(join(tmpdir(), 'city311-upgrade-'));
  const dataDir = join(scratch, 'data');
  const mail = await MoodyMailServer.start();
  const server = await StartedServer.start({ dataDir, env: { SMTP_URL: mail.url } });
  const keys = {} as Record<keyof Callers, string>;
  for (const name of Object.keys(roles) as (keyof Callers)[])
    keys[name] = await server.createKey(`upgrade-${name}`, roles[name]);
  const callers = Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [name, new Client(server.url, key)]),
  ) as unknown as Callers;
  try {
    const cases = await new Filling(callers, mail).run();
    ops(dataDir, 'erase', '--email', 'flo@example.org');
    await untilDrained(callers.operator);
    const asOf = new Date().toISOString();
    const kept: Kept = { asOf, keys, cases, export: await exportOf(callers.operator, asOf) };
    await server.stop();
    mkdirSync(to, { recursive: true });
    const packed = spawnSync('tar', [
      '-czf',
      join(to, 'data.tar.gz'),
      '--exclude=mail',
      '-C',
      scratch,
      'data',
    ]);
    if (packed.status !== 0) throw new Error(`tar: ${packed.stderr.toString()}`);
    const log = await readLog(dataDir);
    writeFileSync(join(to, 'kept.json'), `${JSON.stringify(kept, null, 1)}\n`);
    writeFileSync(
      join(to, 'events.jsonl'),
      log.map(({ position: _, ...event }) => `${JSON.stringify(event)}\n`).join(''),
    );
  } finally {
    for (const caller of Object.values(callers) as Client[]) caller.close();
    await server.stop();
    await mail.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
};

const [to] = process.argv.slice(2);
if (to === undefined) {
  process.stderr.write('usage: npm run upgrade:keep -- <new folder>\n');
  process.exitCode = 2;
} else {
  await make(resolve(to));
}
