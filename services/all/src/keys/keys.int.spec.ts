import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';

import { openDoors, type Doors } from '../http/doors.spec-support.js';
import { ops, type Ran } from '../ops/ops.spec-support.js';

describe('API keys at the doors', () => {
  let doors: Doors;
  beforeAll(async () => {
    doors = await openDoors();
  });
  afterAll(() => doors.stop());

  const run = (...args: readonly string[]): Promise<Ran> => ops({ DATA_DIR: doors.folder }, 'key', ...args);
  const keyOf = ({ code, said }: Ran): string => {
    expect(code).toBe(0);
    return said.trim().split('\n').at(-1) ?? '';
  };
  const ask = async (key: string) => {
    const answer = await fetch(`${doors.url}/api/status`, { headers: { authorization: `Bearer ${key}` } });
    return { status: answer.status, challenge: answer.headers.get('www-authenticate') };
  };
  const refused = { status: 401, challenge: 'Bearer realm="city311", error="invalid_token"' };

  it('are refused alike where they were never made, were revoked or have expired', async () => {
    const past = new Date(Date.now() - 1).toISOString();
    const expired = await doors.engines.apiKeys.create('expired', 'operator', past, { expiresAt: past });
    const revoked = keyOf(await run('create', '--name', 'revoked', '--role', 'operator'));
    expect(await ask(revoked)).toEqual({ status: 200, challenge: null });
    expect((await run('revoke', '--name', 'revoked')).code).toBe(0);
    await pause(1_000);
    for (const key of [expired, revoked, `city311_guessed_${'x'.repeat(43)}`, 'nonsense'])
      expect(await ask(key)).toEqual(refused);
    expect((await run('list')).said).toMatch(/^expired .* expired \d{4}-/m);
  });

  it('hold until their end, and one that is replaced for a while yet', async () => {
    const first = keyOf(
      await run('create', '--name', 'mobile', '--role', 'operator', '--expires', '90d', '--rate', '600'),
    );
    expect((await ask(first)).status).toBe(200);
    expect((await run('rotate', '--name', 'mobile')).complained).toContain('--expires');
    const second = keyOf(await run('rotate', '--name', 'mobile', '--expires', '365d'));
    await pause(1_000);
    expect([(await ask(first)).status, (await ask(second)).status]).toEqual([200, 200]);
    const third = keyOf(await run('rotate', '--name', 'mobile', '--overlap', '0d', '--expires', '365d'));
    await pause(1_000);
    expect([await ask(first), await ask(second)]).toEqual([refused, refused]);
    expect((await ask(third)).status).toBe(200);
  });

  it('are listed with their last use and their end', async () => {
    await run('create', '--name', 'idle', '--role', 'channel');
    await pause(1_500);
    const { said } = await run('list');
    expect(said).toMatch(/^mobile .* used \d{4}-\S+ +until \d{4}-\S+ +600 a minute/m);
    expect(said).toMatch(/^idle .* never used/m);
    expect(said).not.toMatch(/city311_/);
  });

  it.each([
    ['create', '--name', 'x', '--role', 'channel', '--expires', 'yesterday'],
    ['create', '--name', 'x', '--role', 'channel', '--expires', '2020-01-01'],
    ['create', '--name', 'x', '--role', 'channel', '--rate', '0'],
    ['rotate', '--name', 'nobody'],
    ['rotate', '--name', 'idle', '--overlap', 'a while'],
  ])('are not made or replaced by: key %s %s %s %s %s', async (...args) => {
    expect((await run(...args)).code).toBe(1);
    expect((await run('list')).said).not.toMatch(/^x /m);
  });
});
