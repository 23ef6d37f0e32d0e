import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { makeCaseNumber } from '@city311/domain-intake';
import type { ApiKey } from '@city311/vault';

import {
  boston,
  channel,
  importer,
  openIntake,
  operator,
  remove,
  submitted,
  tempFolder,
  type OpenIntake,
} from '../intake.spec-support.js';
import { ReportIntake } from './report-intake.js';

const crm: ApiKey = { name: 'crm-bridge', role: 'channel', system: 'crm' };
const ours: string = makeCaseNumber(26_000_900_000);

let folder: string;
let intake: OpenIntake;

beforeEach(async () => {
  folder = await tempFolder();
  intake = await openIntake(folder);
});

afterEach(async () => {
  await intake.close();
  await remove(folder);
});

const take = async (id: string, references: readonly unknown[], key: ApiKey = importer) => {
  const [result] = await intake.events.take([submitted(id, { externalReferences: references })], key);
  if (result === undefined) throw new Error('no result');
  return result;
};
const inView = async (caseNumber = ''): Promise<void> => {
  for (let tried = 0; (await intake.references.get(caseNumber)) === null && tried < 200; tried += 1)
    await pause(20);
};
const faultPaths = ({ problem }: Awaited<ReturnType<typeof take>>) =>
  problem?.faults?.map(({ path }) => path) ?? [];

describe('Who may bring an id of another system', () => {
  it.each([
    ['a channel', channel, 'crm'],
    ['a channel', channel, 'boston-311'],
    ['a key made for one system, for another', crm, 'boston-311'],
  ])('is not %s', async (_who, key, system) => {
    const result = await take('a', [{ system, id: '1' }], key);
    expect(result.status).toBe(400);
    expect(faultPaths(result)).toEqual(['data.externalReferences.0.system']);
  });

  it('is a key for the system that it was made for, and importers and operators for any', async () => {
    expect((await take('a', [{ system: 'crm', id: 'A-1' }], crm)).status).toBe(201);
    expect((await take('b', [{ system: 'maximo', id: 'WO-77' }], importer)).status).toBe(201);
    expect((await take('c', [{ system: 'boston-311', id: '101004125189' }], operator)).status).toBe(201);
  });
});

describe('An id of another system', () => {
  it.each([
    '',
    '=1+1',
    '+1',
    '@x',
    '-1',
    ' 1',
    '1 ',
    'a b',
    'a\tb',
    'a:b',
    'é',
    '\u202e1',
    'x'.repeat(101),
    7,
    null,
    {},
  ])('has a form that %j has not', async (id) => {
    const result = await take('a', [{ system: 'maximo', id }]);
    expect(result.status).toBe(400);
    expect(faultPaths(result)).toEqual(['data.externalReferences.0.id']);
  });

  it.each(['', '617-555-0142', 'Maximo', 'a b', '=x', 'x'.repeat(61)])(
    'is of a system with a name, which %j is not',
    async (system) => {
      expect((await take('a', [{ system, id: '1' }])).status).toBe(400);
    },
  );

  it('is not written like one of our own numbers where the open data would show it as one', async () => {
    expect(faultPaths(await take('a', [{ system: 'boston-311', id: ours }]))).toEqual([
      'data.externalReferences.0.id',
    ]);
    expect((await take('b', [{ system: 'maximo', id: ours }])).status).toBe(201);
  });

  it('stands once in a report', async () => {
    const one = { system: 'maximo', id: '1' };
    expect(faultPaths(await take('a', [one, one]))).toEqual(['data.externalReferences.1']);
  });
});

describe('An id that another case bears', () => {
  const reference = { system: 'maximo', id: 'WO-77' };

  it('is 409, and nothing is written; the same report again is a repeat', async () => {
    const opened = await take('a', [reference]);
    const second = await take('b', [{ system: 'maximo', id: 'free' }, reference]);
    expect(second).toMatchObject({ status: 409 });
    expect(second.caseNumber).toBeUndefined();
    expect(faultPaths(second)).toEqual(['data.externalReferences.1.id']);
    expect(JSON.stringify(second)).not.toContain(opened.caseNumber ?? '');
    expect(await take('a', [reference])).toMatchObject({ status: 200, caseNumber: opened.caseNumber });
    expect((await take('c', [{ system: 'avrs', id: 'WO-77' }])).status).toBe(201);
  });

  it('goes to one of many who ask at once, alone or in a batch', async () => {
    const alone = await Promise.all(Array.from({ length: 20 }, (_, n) => take(`alone-${n}`, [reference])));
    const batch = await intake.events.take(
      Array.from({ length: 20 }, (_, n) =>
        submitted(`batch-${n}`, { externalReferences: [{ system: 'maximo', id: 'WO-78' }] }),
      ),
      importer,
    );
    for (const results of [alone, batch]) {
      expect(results.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(results.filter(({ status }) => status === 409)).toHaveLength(19);
    }
  });

  it('is taken as well where the case is from before ids were claimed', async () => {
    const { store, vault, clock } = intake;
    const before = new ReportIntake({
      store,
      vault,
      city: boston,
      numbers: intake.newNumbers('before'),
      clock,
      references: { claim: () => Promise.resolve(null) },
    });
    const report = {
      receiptKey: 'a',
      digest: 'd',
      serviceCode: boston.services[0]?.code ?? '',
      language: 'en',
      channel: 'Self Service',
      adapter: 'older',
      openedAt: clock.now().toISOString(),
      answers: [],
      media: [],
      externalReferences: [{ system: 'x', id: '0' }, reference],
    };
    const [service] = boston.services;
    if (service === undefined) throw new Error('no service');
    const [opened] = await before.submit([{ ...report, service }]);
    await inView(opened?.outcome === 'opened' ? opened.caseNumber : '');
    expect((await take('b', [reference])).status).toBe(409);
    expect(await intake.reports.submit([{ ...report, service }])).toMatchObject([{ outcome: 'repeated' }]);
  });

  it('is free again a minute after a report that claimed it and was never taken', async () => {
    const { vault, clock, store, referenceClaims } = intake;
    const dying = new ReportIntake({
      store: { ...store, append: () => Promise.reject(new Error('killed')) },
      vault,
      city: boston,
      numbers: intake.newNumbers('dying'),
      clock,
      references: referenceClaims,
    });
    const [service] = boston.services;
    if (service === undefined) throw new Error('no service');
    const [failed] = await dying.submit([
      {
        receiptKey: 'gone',
        digest: 'd',
        serviceCode: service.code,
        service,
        language: 'en',
        channel: 'Self Service',
        adapter: 'older',
        openedAt: clock.now().toISOString(),
        answers: [],
        media: [],
        externalReferences: [reference],
      },
    ]);
    expect(failed?.outcome).toBe('failed');
    expect((await take('b', [reference])).status).toBe(409);
    clock.advance(60_001);
    expect((await take('c', [reference])).status).toBe(201);
    clock.advance(60_001);
    expect((await take('d', [reference])).status).toBe(409);
  });
});

describe('Looking a case up by an alias', () => {
  const id = '101004125189';

  it('shows the case of the older system, whoever else has that id', async () => {
    const stranger = await take('a', [{ system: 'crm', id }], crm);
    await inView(stranger.caseNumber);
    const imported = await take('b', [{ system: 'boston-311', id }]);
    await inView(imported.caseNumber);
    expect(await intake.lookup.caseNumberOf(id)).toBe(imported.caseNumber);
    expect(await intake.lookup.caseNumberOf(id, 0, 'crm')).toBe(stranger.caseNumber);
    expect(await intake.lookup.caseNumberOf(`crm:${id}`)).toBe(stranger.caseNumber);
    await expect(intake.lookup.caseNumberOf(`maximo:${id}`)).rejects.toMatchObject({
      problem: { status: 404 },
    });
  });

  it('shows none where two other systems mean different cases', async () => {
    const one = await take('a', [{ system: 'crm', id: '77' }]);
    await inView(one.caseNumber);
    expect(await intake.lookup.caseNumberOf('77')).toBe(one.caseNumber);
    const other = await take('b', [{ system: 'maximo', id: '77' }]);
    await inView(other.caseNumber);
    await expect(intake.lookup.caseNumberOf('77')).rejects.toMatchObject({ problem: { status: 404 } });
    expect(await intake.lookup.caseNumberOf('maximo:77')).toBe(other.caseNumber);
  });

  it('shows no case under a number of ours that is not its own', async () => {
    await inView((await take('a', [{ system: 'maximo', id: ours }])).caseNumber);
    await expect(intake.lookup.caseNumberOf(ours)).rejects.toMatchObject({ problem: { status: 404 } });
  });
});
