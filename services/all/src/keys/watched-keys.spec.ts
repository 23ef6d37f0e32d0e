import { describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';

import type { ApiKey, ApiKeys } from '@city311/vault';

import { KeyRefusals, type RefusalReason } from './key-refusals.js';
import { LastUses } from './last-uses.js';
import { watchedKeys } from './watched-keys.js';

const instant = '2026-11-27T08:00:00.000Z';
const known: Readonly<Record<string, ApiKey>> = {
  lasting: { name: 'lasting', role: 'channel' },
  'holds yet': { name: 'yet', role: 'channel', expiresAt: '2026-11-27T08:00:00.001Z' },
  'at its end': { name: 'end', role: 'channel', expiresAt: instant },
};
const keys: ApiKeys = {
  create: async () => 'key',
  rotate: async () => null,
  verify: async (key) => known[key] ?? null,
  noteUses: async () => undefined,
  revoke: async () => true,
  list: async () => [],
  close: async () => undefined,
};
const silent = { warn: () => undefined };

describe('Watched keys', () => {
  it.each([
    ['lasting', true, []],
    ['holds yet', true, []],
    ['at its end', false, ['expired']],
    ['guessed', false, ['unknown']],
  ] as const)('are taken or refused, and what is refused is counted: %s', async (key, taken, counted) => {
    const refused: RefusalReason[] = [];
    const refusals = new KeyRefusals((reason) => refused.push(reason), silent);
    const watched = watchedKeys(keys, { now: () => new Date(instant) }, refusals);
    expect((await watched.verify(key)) !== null).toBe(taken);
    expect(refused).toEqual(counted);
  });
});

describe('Refused keys', () => {
  it('are in the log once a minute for each reason, however many there are', () => {
    const lines: unknown[] = [];
    let now = 0;
    const refusals = new KeyRefusals(
      () => undefined,
      { warn: (line: unknown) => lines.push(line) },
      () => now,
    );
    for (; now < 120_000; now += 10) refusals.count('unknown');
    refusals.count('role');
    expect(lines).toEqual([
      { reason: 'unknown', count: 1 },
      { reason: 'unknown', count: 6_000 },
      { reason: 'role', count: 1 },
    ]);
  });
});

describe('The last use of a key', () => {
  it('is noted at once, and then once an hour', async () => {
    const noted: [string, string][] = [];
    const uses = new LastUses({ noteUses: async (some) => void noted.push(...some) }, 1);
    const start = Date.parse(instant);
    for (let minute = 0; minute <= 60; minute += 1) {
      uses.used('mobile', new Date(start + minute * 60_000));
      if (minute === 0) uses.used('web', new Date(start));
      await pause(2);
    }
    expect(noted).toEqual([
      ['mobile', instant],
      ['web', instant],
      ['mobile', '2026-11-27T09:00:00.000Z'],
    ]);
  });

  it('is noted later where it could not be noted', async () => {
    let tries = 0;
    const uses = new LastUses(
      {
        noteUses: async () => {
          tries += 1;
          if (tries === 1) throw new Error('full');
        },
      },
      1,
    );
    uses.used('mobile', new Date(instant));
    await pause(10);
    uses.used('mobile', new Date(instant));
    await pause(10);
    expect(tries).toBe(2);
  });
});
