import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { isCaseNumber, numberBlockDecider } from '@city311/domain-intake';
import { createCommandHandler, openSqliteEventStore, VersionConflictError } from '@city311/eventing';
import { streamName, TransientError } from '@city311/kernel';
import { openSqliteVault } from '@city311/vault';

import { numberBlockCodec } from '../case.codec.js';
import { boston, openIntake, remove, tempFolder, type OpenIntake } from '../intake.spec-support.js';
import { CaseNumbers } from './case-numbers.js';

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

const takeMany = (numbers: CaseNumbers, count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => numbers.take()));
const blocks = async () => {
  const events = await intake.store.readStream(streamName('intake.numbers', 'cases'));
  return events.map(({ type, data }) => numberBlockCodec.fromWire(type, data).data);
};

describe('Case numbers', () => {
  it('are each given out once, in growing order, however many ask at once', async () => {
    const taken = await takeMany(intake.newNumbers('a'), 2_500);
    expect(new Set(taken).size).toBe(2_500);
    expect(taken.every(isCaseNumber)).toBe(true);
    expect(taken).toEqual([...taken].sort());
  });

  it('never overlap between two that lease from one log', async () => {
    const [one, other] = await Promise.all([
      takeMany(intake.newNumbers('a'), 1_200),
      takeMany(intake.newNumbers('b'), 1_200),
    ]);
    expect(new Set([...one, ...other]).size).toBe(2_400);
  });

  it('never overlap between two processes on one folder', async () => {
    const store = await openSqliteEventStore({ folder });
    const vault = await openSqliteVault({ folder });
    const handler = createCommandHandler(store, numberBlockDecider, numberBlockCodec);
    const elsewhere = new CaseNumbers(handler, vault, intake.clock, boston.jurisdiction, 'elsewhere');
    try {
      const [one, other] = await Promise.all([
        takeMany(intake.newNumbers('here'), 1_200),
        takeMany(elsewhere, 1_200),
      ]);
      expect(new Set([...one, ...other]).size).toBe(2_400);
    } finally {
      await store.close();
      await vault.close();
    }
  });

  it('left over when a process ends are never used', async () => {
    const first = await takeMany(intake.newNumbers('a'), 10);
    const later = await takeMany(intake.newNumbers('a'), 10);
    expect([...first, ...later]).toEqual([...new Set([...first, ...later])]);
    expect(await blocks()).toHaveLength(2);
  });

  it('have the keys of their cases before they are given out', async () => {
    const number = await intake.newNumbers('a').take();
    expect(await intake.vault.keyIdOf(`case:${number}`)).not.toBeNull();
  });

  it('come in blocks that do not overlap, leased before the last one runs out', async () => {
    await takeMany(intake.newNumbers('a'), 900);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const leased = await blocks();
    expect(leased).toHaveLength(2);
    expect(leased[1]?.from).toBe((leased[0]?.to ?? 0) + 1);
  });

  it('are asked for again where the lease is lost to others time after time', async () => {
    const busy = {
      handle: () => Promise.reject(new VersionConflictError('intake.numbers-cases', 1, 2)),
      load: () => Promise.reject(new Error('not asked for')),
    };
    const numbers = new CaseNumbers(busy, intake.vault, intake.clock, boston.jurisdiction, 'a');
    await expect(numbers.take()).rejects.toBeInstanceOf(TransientError);
  });
});
