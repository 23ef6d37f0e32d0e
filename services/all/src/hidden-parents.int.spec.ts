import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { newEventId, openSqliteEventStore } from '@city311/eventing';
import { streamName } from '@city311/kernel';

import { remove, startSystem, tempFolder, type Running } from './ops/ops.spec-support.js';

const discrimination = 'Civil Rights:Investigations and Enforcement:Housing Discrimination Intake Form';

describe('The number of a case that may not be shown', () => {
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

  const act = async (caseNumber: string, action: string, body: object): Promise<void> => {
    await system.call('POST', `/api/cases/${caseNumber}/${action}`, body);
    await system.drained();
  };
  const child = async (): Promise<string> => {
    people += 1;
    const caseNumber = await system.report({
      location: { latitude: 42.3, longitude: -71.06 + people / 100 },
      contact: { email: `somebody-${people}@example.org`, consent: true },
    });
    await system.drained();
    return caseNumber;
  };
  /** Everything that anybody may read of the case, with its name. */
  const publicAnswers = async (caseNumber: string): Promise<ReadonlyMap<string, string>> => {
    const paths = [
      `/api/cases/${caseNumber}`,
      `/open311/v2/requests/${caseNumber}.json`,
      `/open311/v2/requests/${caseNumber}.xml`,
      `/open311/v2/requests/${caseNumber}.json?extensions=true`,
      '/open311/v2/requests.json',
      '/open-data/service-requests.csv',
      '/open-data/service-requests.json',
      '/api/insights/summary',
    ];
    const answers = new Map<string, string>();
    for (const path of paths) {
      const answer = await fetch(`${system.url}${path}`);
      expect([path, answer.status === 200 || answer.status === 404]).toEqual([path, true]);
      answers.set(path, await answer.text());
    }
    return answers;
  };
  const mailsOf = async (caseNumber: string): Promise<ReadonlyMap<string, string>> => {
    const mails = join(folder, 'mail');
    const names = (await readdir(mails)).filter((name) => name.startsWith(`${caseNumber}-`));
    return new Map(
      await Promise.all(
        names.map(async (name) => [name, await readFile(join(mails, name), 'utf8')] as const),
      ),
    );
  };
  const namersOf = (parent: string, answers: ReadonlyMap<string, string>): readonly string[] =>
    [...answers].flatMap(([name, text]) => (text.includes(parent) ? [name] : []));

  it('is in no public answer about a case that was joined to it before links said so', async () => {
    const parent = await system.report({
      visibility: 'confidential',
      location: { latitude: 42.31, longitude: -71.1 },
    });
    const caseNumber = await child();
    const beside = await openSqliteEventStore({ folder });
    const stream = streamName('intake.case', caseNumber);
    const linkedAt = new Date().toISOString();
    const envelope = {
      id: newEventId(),
      source: '/intake',
      subject: caseNumber,
      time: linkedAt,
      actor: 'key:desk',
      jurisdiction: 'boston',
      imported: false,
      correlationId: 'c',
    };
    await beside.append(
      stream,
      [{ ...envelope, type: 'intake.CaseLinked.v1', data: { caseNumber, parent, linkedAt } }],
      'any',
    );
    await beside.close();
    await system.drained();
    await act(parent, 'close', { outcome: 'resolved' });
    const answers = await publicAnswers(caseNumber);
    expect(answers.get(`/api/cases/${caseNumber}`)).toContain('CaseClosed');
    expect(namersOf(parent, answers)).toEqual([]);
    const staff = JSON.stringify(await system.call('GET', `/api/cases/${caseNumber}/staff`));
    expect(staff).toContain(parent);
  }, 60_000);

  it('nor that of one whose service is kept from the public since, in what is answered and mailed from then on', async () => {
    const parent = await system.report({ location: { latitude: 42.32, longitude: -71.08 } });
    const caseNumber = await child();
    await act(caseNumber, 'link', { parent });
    expect(namersOf(parent, await publicAnswers(caseNumber))).toContain(`/api/cases/${caseNumber}`);
    const before = (await mailsOf(caseNumber)).size;
    await act(parent, 'reclassify', { serviceCode: discrimination });
    for (let tries = 0; (await mailsOf(caseNumber)).size === before && tries < 100; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const shown = JSON.parse((await publicAnswers(caseNumber)).get(`/api/cases/${caseNumber}`) ?? '{}') as {
      readonly parent: unknown;
      readonly links: unknown;
    };
    expect([shown.parent, shown.links]).toEqual([null, []]);
    const mails = [...(await mailsOf(caseNumber)).values()];
    const last = mails.filter((mail) => mail.includes('for itself again'));
    expect(last).toHaveLength(1);
    expect(last.join()).not.toMatch(new RegExp(`${parent}|Discrimination`));
  }, 60_000);
});
