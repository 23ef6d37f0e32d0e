import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { ops, remove, startSystem, tempFolder, type Ran, type Running } from './ops.spec-support.js';
import { refuseUnfinishedRestore, restoringFolder } from '../engines/unfinished-restore.js';

const email = 'rosa@example.org';

describe('A backup', () => {
  let room = '';
  let system: Running | null = null;
  const [live, kept, fresh] = ['live', 'kept', 'fresh'].map((name) => () => join(room, name)) as [
    () => string,
    () => string,
    () => string,
  ];
  const on = (folder: string, ...args: readonly string[]): Promise<Ran> => ops({ DATA_DIR: folder }, ...args);
  const start = async (folder: string): Promise<Running> => {
    system = await startSystem(folder);
    return system;
  };
  const stop = async (): Promise<void> => {
    await system?.stop();
    system = null;
  };
  const shown = async (caseNumber: string): Promise<string> =>
    JSON.stringify(await system?.call('GET', `/api/cases/${caseNumber}`));

  beforeEach(async () => {
    room = await tempFolder();
  });
  afterEach(async () => {
    await stop();
    await remove(room);
  }, 30_000);

  it('made while reports come in holds whole cases that can be read, and the restored system goes on', async () => {
    const running = await start(live());
    const first = await running.report();
    const stopping = new AbortController();
    const reporting = (async () => {
      for (let n = 0; n < 80 && !stopping.signal.aborted; n += 1) await running.report();
    })();
    const made = await on(live(), 'backup', kept());
    stopping.abort();
    await reporting;
    expect([made.code, made.complained]).toEqual([0, '']);
    await stop();
    expect((await stat(kept())).mode & 0o777).toBe(0o700);
    for (const name of await readdir(kept()))
      expect((await stat(join(kept(), name))).mode & 0o777).toBe(0o600);

    const restored = await on(fresh(), 'restore', kept(), '--nobody-erased-since');
    expect([restored.code, restored.complained]).toEqual([0, '']);
    expect(await readdir(fresh())).toEqual(expect.arrayContaining(['events.db', 'master.key', 'vault.db']));
    expect(existsSync(join(fresh(), restoringFolder))).toBe(false);
    const again = await start(fresh());
    await again.drained();
    expect(await shown(first)).toContain('deep hole');
    await again.report();
    await again.drained();
    const verified = await on(fresh(), 'views', 'verify', 'service_requests', '--json');
    expect(JSON.parse(verified.said)).toMatchObject({ differing: 0, heldBack: 0, behind: 0 });
    // Nothing went to the writer of the folder that was backed up.
    const counts = async (folder: string) =>
      JSON.parse((await on(folder, 'streams', '--json')).said) as unknown;
    expect(await counts(live())).not.toEqual(await counts(fresh()));
  }, 90_000);

  it('restored twice gives out no number that the system before it gave out, nor one the other gives out', async () => {
    const numbers: string[] = [];
    const reportsOn = async (folder: string): Promise<void> => {
      const running = await start(folder);
      for (let n = 0; n < 3; n += 1) numbers.push(await running.report());
      await stop();
    };
    await reportsOn(live());
    expect((await on(live(), 'backup', kept())).code).toBe(0);
    await reportsOn(live());
    for (const folder of [fresh(), join(room, 'fork')]) {
      const restored = await on(folder, 'restore', kept(), '--nobody-erased-since');
      expect(restored.said).toMatch(/\d{8,} case numbers are left out/);
      await reportsOn(folder);
    }
    expect(new Set(numbers).size).toBe(12);
  }, 90_000);

  it('does not bring back who was erased after it, by the file of erasures', async () => {
    const running = await start(live());
    const mine = await running.report({ contact: { email, consent: true } });
    await running.drained();
    expect((await on(live(), 'backup', kept())).code).toBe(0);
    expect((await on(live(), 'erase', '--email', email)).code).toBe(0);
    const file = join(room, 'erasures.jsonl');
    expect((await on(live(), 'erasures', 'export', file)).said).toContain('1 erasure(s)');
    expect(await readFile(file, 'utf8')).not.toContain('rosa');
    await stop();

    expect((await on(fresh(), 'restore', kept(), '--erasures', file)).said).toContain(
      '1 erasure(s) were applied',
    );
    const again = await start(fresh());
    await again.drained();
    expect(await shown(mine)).not.toContain('deep hole');
    const rows = JSON.stringify(await again.call('GET', '/open-data/service-requests.json'));
    expect(rows).toContain(mine);
    expect((await on(fresh(), 'erase', '--email', email)).complained).toContain('nobody is known by that');
  }, 90_000);

  it('does not bring back who was erased after it, by the folder that it replaces', async () => {
    const running = await start(live());
    const mine = await running.report({ contact: { email, consent: true } });
    await running.drained();
    expect((await on(live(), 'backup', kept(), '--without-key')).said).toContain(
      'The master key is not in it',
    );
    expect((await on(live(), 'erase', '--email', email)).code).toBe(0);
    await stop();
    const restore = (...args: readonly string[]) =>
      on(fresh(), 'restore', kept(), '--erasures', live(), ...args);
    expect((await restore()).complained).toContain('--master-key');
    expect((await restore('--master-key', join(live(), 'master.key'))).code).toBe(0);
    await start(fresh());
    expect(await shown(mine)).not.toContain('deep hole');
  }, 90_000);

  it('that is damaged, unfinished, or aimed at a folder in use is refused, and nothing is written', async () => {
    const running = await start(live());
    await running.report();
    await running.drained();
    expect((await on(live(), 'backup', kept())).code).toBe(0);
    await stop();
    expect((await on(live(), 'backup', kept())).complained).toContain('is not empty');
    const restore = () => on(fresh(), 'restore', kept(), '--nobody-erased-since');
    expect((await on(live(), 'restore', kept(), '--nobody-erased-since')).complained).toContain(
      'is not empty',
    );
    expect((await on(fresh(), 'restore', kept())).code).toBe(2);

    const vault = await readFile(join(kept(), 'vault.db'));
    vault[vault.length - 100] = (vault[vault.length - 100] ?? 0) ^ 0xff;
    await writeFile(join(kept(), 'vault.db'), vault);
    await truncate(join(kept(), 'events.db'), 8_192);
    const damaged = await restore();
    expect(damaged.code).toBe(1);
    expect(damaged.complained).toMatch(/events\.db has 8192 bytes[^]*vault\.db was changed/);
    await writeFile(join(kept(), 'manifest.json'), '{');
    expect((await restore()).complained).toContain('cannot be read');
    expect((await on(fresh(), 'restore', live(), '--nobody-erased-since')).complained).toContain(
      'is no backup',
    );
    expect(existsSync(fresh())).toBe(false);
  }, 90_000);

  it('half restored is not started on, and a broken-off try that put nothing in place is begun anew', async () => {
    const running = await start(live());
    await running.report();
    await running.drained();
    expect((await on(live(), 'backup', kept())).code).toBe(0);
    await stop();
    await mkdir(join(fresh(), restoringFolder), { recursive: true });
    await writeFile(join(fresh(), restoringFolder, 'vault.db'), 'half');
    expect(() => refuseUnfinishedRestore(fresh())).toThrow(/broke off/);
    expect((await on(fresh(), 'restore', kept(), '--nobody-erased-since')).code).toBe(0);
    expect(() => refuseUnfinishedRestore(fresh())).not.toThrow();
  }, 60_000);
});
