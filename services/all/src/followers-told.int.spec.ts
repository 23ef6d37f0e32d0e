import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { openSqliteVault } from '@city311/vault';

import { ops, remove, startSystem, tempFolder, type Running } from './ops/ops.spec-support.js';

/** Of another kind than a hole in the road. */
const lamp = 'Public Works Department:Street Lights:Street Light Outages';

describe('The reporter of a joined case', () => {
  let folder = '';
  let system: Running;
  let people = 0;

  beforeAll(async () => {
    folder = await tempFolder();
    system = await startSystem(folder);
  }, 60_000);
  afterAll(async () => {
    await system.stop();
    await remove(folder);
  }, 30_000);

  const act = async (caseNumber: string, action: string, body: object = {}): Promise<void> => {
    await system.call('POST', `/api/cases/${caseNumber}/${action}`, body);
    await system.drained();
  };
  const complete = async (caseNumber: string, n: number, text: string): Promise<void> => {
    const body = { outcome: 'resolved', text };
    await system.call('POST', `/api/work-orders/${caseNumber}-${n}/complete`, body);
    await system.drained();
  };
  /** Two reports of one trouble, the second joined to the first. */
  const joined = async (of: object = {}): Promise<{ readonly parent: string; readonly child: string }> => {
    const parent = await system.report(of);
    people += 1;
    const contact = { email: `resident-${people}@example.org`, consent: true };
    const child = await system.report({ contact });
    await system.drained();
    await act(child, 'link', { parent });
    return { parent, child };
  };
  /** The plain texts of all messages about the case, oldest event first; the mail room may still be at it. */
  const toldOf = async (caseNumber: string, count: number): Promise<readonly string[]> => {
    const mails = join(folder, 'mail');
    for (let tries = 0; ; tries += 1) {
      const files = (await readdir(mails)).filter((name) => name.startsWith(`${caseNumber}-`));
      if (files.length >= count || tries === 200) {
        const bySequence = files.toSorted((a, b) => Number(a.split('-')[1]) - Number(b.split('-')[1]));
        return Promise.all(bySequence.map((name) => readFile(join(mails, name), 'utf8')));
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const subjects = (mails: readonly string[]): readonly string[] =>
    mails.map((mail) => /^Subject: Case \d+: ([^\r\n]*)/m.exec(mail)?.[1] ?? '');

  it('hears how the other one was closed, opened again and closed anew, each once', async () => {
    const { parent, child } = await joined();
    await complete(parent, 1, 'Two barrows of cold mix.');
    await system.event('city311.report.reopened.v1', { caseNumber: parent, reason: 'It broke open' });
    await system.drained();
    await complete(parent, 2, 'Dug out and laid anew.');
    const mails = await toldOf(child, 5);
    expect(subjects(mails)).toEqual([
      expect.stringMatching(/^with /),
      'joined with another report',
      'closed',
      'opened again',
      'closed',
    ]);
    for (const mail of mails.slice(1)) expect(mail).toContain(parent);
    expect(mails[2]).toMatch(/The work is done\.[^]*Two barrows of cold mix\./);
    expect(mails[4]).toMatch(/The work is done\.[^]*Dug out and laid anew\./);
    expect(mails[4]).not.toContain('Two barrows');
    const { timeline } = (await system.call('GET', `/api/cases/${child}`)) as {
      readonly timeline: readonly { readonly type: string }[];
    };
    const types = timeline.map(({ type }) => type);
    expect(types.slice(2)).toEqual(['CaseLinked', 'CaseClosed', 'CaseReopened', 'CaseClosed']);
  }, 60_000);

  it('hears that it was referred, or is handled as something else, and whether the two still go together', async () => {
    const { parent, child } = await joined();
    await act(parent, 'refer', { agency: 'the gas company' });
    await act(parent, 'reclassify', { serviceCode: lamp });
    const mails = await toldOf(child, 4);
    expect(mails[2]).toMatch(/was referred to the gas company\.[^]*still handled together with it/);
    expect(mails[3]).toMatch(/is handled as "[^"]+" now\.[^]*for itself again/);
    for (const mail of mails.slice(1)) expect(mail).toContain(parent);
  }, 60_000);

  it('hears that it was taken back', async () => {
    const { parent, child } = await joined();
    await system.event('city311.report.withdrawn.v1', { caseNumber: parent });
    await system.drained();
    const mails = await toldOf(child, 3);
    expect(mails[2]).toMatch(new RegExp(`Case ${parent} was taken back[^]*for itself again`));
  }, 60_000);

  it('hears nothing that gives away one that may not be shown, nor does anybody see it', async () => {
    const { parent, child } = await joined({ visibility: 'confidential' });
    await act(parent, 'refer', { agency: 'the gas company' });
    await system.event('city311.report.reopened.v1', { caseNumber: parent }).catch(() => undefined);
    await act(parent, 'close', { outcome: 'resolved', text: 'Valve replaced in flat 3.' });
    const mails = await toldOf(child, 4);
    expect(subjects(mails).at(-1)).toBe('closed');
    const csv = await (await fetch(`${system.url}/open-data/service-requests.csv`)).text();
    const rows = csv.split('\n').filter((row) => row.includes(child));
    expect(rows).toHaveLength(1);
    const shown = [
      ...rows,
      ...mails.slice(1),
      JSON.stringify(await system.call('GET', `/api/cases/${child}`)),
      JSON.stringify(await system.call('GET', `/open311/v2/requests/${child}.json`)),
    ];
    for (const one of shown) expect(one).not.toMatch(new RegExp(`${parent}|gas company|Valve`));
  }, 60_000);

  it('is told no words that were erased since', async () => {
    const { parent, child } = await joined();
    const vault = await openSqliteVault({ folder });
    await act(parent, 'close', { outcome: 'resolved', text: 'Mended by the Peralta brothers.' });
    const mails = await toldOf(child, 3);
    expect(mails[2]).toContain('Peralta');
    await vault.erase('staff:desk', new Date().toISOString());
    await vault.close();
    const late = await system.report({ contact: { email: 'late@example.org', consent: true } });
    await system.drained();
    await act(late, 'link', { parent });
    const toLate = await toldOf(late, 3);
    expect(subjects(toLate).at(-1)).toBe('closed');
    expect(toLate[2]).toContain(parent);
    expect(toLate.join()).not.toContain('Peralta');
    expect((await ops({ DATA_DIR: folder }, 'cases', 'check')).code).toBe(0);
  }, 60_000);
});
