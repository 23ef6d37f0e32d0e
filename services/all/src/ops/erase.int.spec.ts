import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { ops, remove, startSystem, tempFolder, type Ran, type Running } from './ops.spec-support.js';
import { givesAway, protectedUnder } from './traces.js';

const email = 'rosa@example.org';
const words = 'My neighbour at number nine leaves the hydrant running';

describe('Erasing a person', () => {
  let folder = '';
  let system: Running | null = null;
  let mine = '';
  let other = '';
  const run = (...args: readonly string[]): Promise<Ran> => ops({ DATA_DIR: folder }, ...args);
  const stop = async (): Promise<void> => {
    await system?.stop();
    system = null;
  };
  const report = async (): Promise<void> => {
    system = await startSystem(folder);
    mine = await system.report({
      description: words,
      contact: { email, phone: '617 555 0100', consent: true },
    });
    other = await system.report({ contact: { email: 'ana@example.org', consent: true } });
    await system.drained();
  };

  beforeEach(async () => {
    folder = await tempFolder();
    await report();
  }, 60_000);
  afterEach(async () => {
    await stop();
    await remove(folder);
  }, 30_000);

  it('is proved beside a running process: nothing is found anywhere, and others keep what they wrote', async () => {
    const mails = async () => (await readdir(join(folder, 'mail'))).length;
    const before = await mails();
    const { code, said } = await run('erase', '--email', email);
    expect([code, said]).toEqual([0, expect.stringContaining('Nothing was found')]);
    for (const place of ['vault', 'events', 'view service_requests', 'parked messages', 'mail folder'])
      expect(said).toMatch(new RegExp(`${place}: \\d+ searched, nothing found`));
    expect(said).not.toMatch(/rosa|hydrant/);
    expect(await mails()).toBeLessThan(before);
    const rows = JSON.stringify(await system?.call('GET', '/open-data/service-requests.json'));
    expect(rows).toContain(mine);
    const shown = JSON.stringify(await system?.call('GET', `/api/cases/${other}`));
    expect(shown).toContain('deep hole');
    expect((await run('views', 'verify', 'service_requests')).code).toBe(0);
  }, 60_000);

  it('is proved where no process runs: this command lets the views forget', async () => {
    await stop();
    const { code, said } = await run('erase', '--phone', '6175550100');
    expect([code, said]).toEqual([0, expect.stringContaining('1 case(s) told')]);
    const contact = /contact:([\w-]+)/.exec(said)?.[1] ?? '';
    expect((await run('erase', '--email', email)).complained).toContain('nobody is known by that');
    const again = await run('erase', '--contact', contact, '--json');
    expect(JSON.parse(again.said)).toMatchObject({ cases: [mine], clean: true });
  }, 60_000);

  it('is not proved while a copy of what was written is left, and says where', async () => {
    await mkdir(join(folder, 'mail'), { recursive: true });
    const forwarded = Buffer.from(`Case ${mine}: ${words}`.padEnd(120))
      .toString('base64')
      .replace(/.{76}/g, '$&\r\n');
    await writeFile(join(folder, 'mail', 'forwarded.eml'), `To: crew@example.org\r\n\r\n${forwarded}\r\n`);
    const erased = await run('erase', '--email', email);
    expect(erased.code).toBe(1);
    expect(erased.said).toContain('mail folder');
    expect(erased.said).toContain('FOUND 1: forwarded.eml');
    expect(erased.said).toContain('NOT CLEAN');
  }, 60_000);

  it('by a case is for what nobody named wrote there; a person has to be erased as one', async () => {
    const { code, complained } = await run('erase', '--case', mine);
    expect([code, complained]).toEqual([1, expect.stringContaining('erase --contact ')]);
    const anonymous = (await system?.report({ description: words })) ?? '';
    await system?.drained();
    const erased = await run('erase', '--case', anonymous);
    expect([erased.code, erased.said]).toEqual([0, expect.stringContaining('Nothing was found')]);
    expect(JSON.stringify(await system?.call('GET', `/api/cases/${anonymous}`))).not.toContain('hydrant');
    expect(JSON.stringify(await system?.call('GET', `/api/cases/${mine}`))).toContain('hydrant');
  }, 60_000);

  it('is asked for in exactly one way', async () => {
    expect((await run('erase')).complained).toContain('one of --case, --email, --phone, --contact is needed');
    const twice = await run('erase', '--email', email, '--case', '12');
    expect(twice.code).toBe(2);
    expect(twice.complained).toContain('12 is no case number');
  });
});

describe('A trace', () => {
  const keyId = 'AAAAAAAAAAAA';
  const found = givesAway({
    author: 'contact:c1',
    keyId,
    contactId: null,
    cases: ['260000000014'],
    ciphertexts: [],
    details: [email],
    texts: ['a "deep" hole in the lane'],
    tooShort: 0,
  });

  it('is an address anywhere, and words in the own case only', () => {
    expect(found(JSON.stringify({ to: email }))).toBe(true);
    const text = 'a "deep" hole in the lane';
    expect(found(JSON.stringify({ caseNumber: '260000000014', text }))).toBe(true);
    expect(found(JSON.stringify({ caseNumber: '260000000022', text }))).toBe(false);
  });

  it('is a text that names the key in clear, but no ciphertext under it', () => {
    expect(found(JSON.stringify({ title: { words: 'hole', keyId } }))).toBe(true);
    const json = JSON.stringify({ exact: `p1.${keyId}.abc-_9`, other: 'p1.BBBBBBBBBBBB.x' });
    expect(found(json)).toBe(false);
    expect(protectedUnder(keyId, json)).toEqual([`p1.${keyId}.abc-_9`]);
  });
});
