import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { ApiKeys, Role } from '@city311/vault';

export interface ApiKeysUnderTest {
  /** Empty. */
  readonly keys: ApiKeys;
  /** A second door to the same keys, as another process would have it; `dispose` closes it. */
  another(): Promise<ApiKeys>;
  /** Closes everything that was opened and removes it. */
  dispose(): Promise<void>;
}

const at = '2026-01-05T08:00:00.000Z';

/** What every store of API keys promises, whatever it is built on. `makeKeys` gives each test an empty one. */
export const describeApiKeysContract = (name: string, makeKeys: () => Promise<ApiKeysUnderTest>): void => {
  describe(`${name} as a store of API keys`, () => {
    let made: ApiKeysUnderTest;
    let keys: ApiKeys;

    beforeEach(async () => {
      made = await makeKeys();
      keys = made.keys;
    });
    afterEach(() => made.dispose());

    it.each<Role>(['channel', 'importer', 'operator', 'department:PWDx'])(
      'makes a key with the role %s',
      async (role) => {
        const key = await keys.create('front-desk', role, at);
        expect(key).toMatch(/^city311_front-desk_[A-Za-z0-9_-]{43}$/);
        expect(await keys.verify(key)).toEqual({ name: 'front-desk', role });
        expect(await keys.verify(key)).toEqual({ name: 'front-desk', role });
        expect(await keys.list()).toEqual([{ name: 'front-desk', role, createdAt: at }]);
      },
    );

    it.each(['', 'admin', 'department:', 'department:a b', 'Operator', 'operator '])(
      'refuses the role %j',
      async (role) => {
        await expect(keys.create('front-desk', role as Role, at)).rejects.toThrow(RangeError);
        expect(await keys.list()).toEqual([]);
      },
    );

    it.each(['', 'Front', 'a_b', 'a b', '-a', 'a-', 'a'.repeat(65)])('refuses the name %j', async (bad) => {
      await expect(keys.create(bad, 'channel', at)).rejects.toThrow(RangeError);
    });

    it('remembers the one system that a key speaks for', async () => {
      const key = await keys.create('mobile', 'channel', at, { system: 'crm-2' });
      const known = { name: 'mobile', role: 'channel', system: 'crm-2' };
      expect(await keys.verify(key)).toEqual(known);
      expect(await keys.list()).toEqual([{ ...known, createdAt: at }]);
    });

    it.each(['importer', 'operator', 'department:PWDx'] as const)(
      'lets no key of role %s speak for one system',
      async (role) => {
        await expect(keys.create('mobile', role, at, { system: 'crm' })).rejects.toThrow(RangeError);
      },
    );

    it.each(['', 'CRM', '311', 'a b', '=1+1', 'a'.repeat(61)])(
      'refuses the name %j of a system',
      async (system) => {
        await expect(keys.create('mobile', 'channel', at, { system })).rejects.toThrow(RangeError);
        expect(await keys.list()).toEqual([]);
      },
    );

    it('remembers until when a key holds, and how much it may ask', async () => {
      const expiresAt = '2027-01-05T08:00:00.000Z';
      const key = await keys.create('mobile', 'channel', at, { expiresAt, rate: 90, system: 'crm' });
      const known = { name: 'mobile', role: 'channel', system: 'crm', expiresAt, rate: 90 };
      // Expired or not is a question of the clock, which whoever verifies has.
      expect(await keys.verify(key)).toEqual(known);
      expect(await keys.list()).toEqual([{ ...known, createdAt: at }]);
      const bench = await keys.create('bench', 'channel', at, { rate: 'unlimited' });
      expect(await keys.verify(bench)).toEqual({ name: 'bench', role: 'channel', rate: 'unlimited' });
    });

    it.each([
      { expiresAt: 'tomorrow' },
      { expiresAt: '2027-01-05' },
      { expiresAt: '2027-02-30T08:00:00.000Z' },
      { rate: 0 },
      { rate: -1 },
      { rate: 1.5 },
      { rate: Number.NaN },
    ])('refuses %j', async (purpose) => {
      await expect(keys.create('mobile', 'channel', at, purpose)).rejects.toThrow(RangeError);
      expect(await keys.list()).toEqual([]);
    });

    it('puts a new key in the place of one, which is known for a while yet, as long as it was to be at most', async () => {
      const [soon, later] = ['2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'];
      const first = await keys.create('mobile', 'channel', at, { system: 'crm', rate: 90, expiresAt: soon });
      expect(await keys.verify(first)).toMatchObject({ expiresAt: soon });
      const second = await keys.rotate('mobile', later, later);
      expect(second).toMatch(/^city311_mobile_/);
      const plain = { name: 'mobile', role: 'channel', system: 'crm', rate: 90 };
      expect(await keys.verify(first)).toEqual({ ...plain, expiresAt: soon });
      expect(await keys.verify(second ?? '')).toEqual(plain);
      expect(await keys.list()).toEqual([{ ...plain, createdAt: later, retiringUntil: soon }]);
      const third = await keys.rotate('mobile', later, later, '2027-01-01T00:00:00.000Z');
      expect(await keys.verify(first)).toBeNull();
      expect(await keys.verify(second ?? '')).toEqual({ ...plain, expiresAt: later });
      expect(await keys.verify(third ?? '')).toEqual({ ...plain, expiresAt: '2027-01-01T00:00:00.000Z' });
      expect(await keys.revoke('mobile')).toBe(true);
      for (const key of [second, third]) expect(await keys.verify(key ?? '')).toBeNull();
    });

    it('replaces no key that is not there, nor for a time that is none', async () => {
      expect(await keys.rotate('mobile', at, at)).toBeNull();
      const key = await keys.create('mobile', 'channel', at);
      await expect(keys.rotate('mobile', at, 'soon')).rejects.toThrow(RangeError);
      expect(await keys.verify(key)).toEqual({ name: 'mobile', role: 'channel' });
    });

    it('learns of a key that was replaced through another door within a second', async () => {
      const other = await made.another();
      const first = await keys.create('mobile', 'channel', at);
      expect(await keys.verify(first)).toEqual({ name: 'mobile', role: 'channel' });
      const second = await other.rotate('mobile', at, at);
      expect(await keys.verify(second ?? '')).toEqual({ name: 'mobile', role: 'channel' });
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(await keys.verify(first)).toMatchObject({ expiresAt: at });
    });

    it('notes when keys were used last, never back in time, and passes over who is gone', async () => {
      await keys.create('mobile', 'channel', at);
      await keys.create('web', 'channel', at);
      const lastUsed = async () => (await keys.list()).map(({ lastUsedAt }) => lastUsedAt);
      expect(await lastUsed()).toEqual([undefined, undefined]);
      const [nine, ten] = ['2026-01-05T09:00:00.000Z', '2026-01-05T10:00:00.000Z'];
      await keys.noteUses(
        new Map([
          ['mobile', ten],
          ['nobody', ten],
        ]),
      );
      expect(await lastUsed()).toEqual([ten, undefined]);
      await (
        await made.another()
      ).noteUses(
        new Map([
          ['mobile', nine],
          ['web', nine],
        ]),
      );
      expect(await lastUsed()).toEqual([ten, nine]);
    });

    it('refuses a name that is taken, and leaves its key alone', async () => {
      const key = await keys.create('mobile', 'channel', at);
      await expect(keys.create('mobile', 'operator', at)).rejects.toThrow(RangeError);
      expect(await keys.verify(key)).toEqual({ name: 'mobile', role: 'channel' });
    });

    it('knows no key that it did not make', async () => {
      const key = await keys.create('mobile', 'channel', at);
      const changed = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
      for (const bad of [changed, key.replace('mobile', 'operat'), '', `${key} `, 'x'.repeat(100_000)]) {
        expect(await keys.verify(bad)).toBeNull();
      }
    });

    it('takes keys made and revoked through another door within a second', async () => {
      const other = await made.another();
      const key = await other.create('mobile', 'channel', at);
      expect(await keys.verify(key)).toEqual({ name: 'mobile', role: 'channel' });
      expect(await other.revoke('mobile')).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(await keys.verify(key)).toBeNull();
      expect(await keys.list()).toEqual([]);
    });

    it('makes another key under a name that was revoked, and the old one stays dead', async () => {
      const old = await keys.create('mobile', 'channel', at);
      expect(await keys.revoke('mobile')).toBe(true);
      expect(await keys.revoke('mobile')).toBe(false);
      const fresh = await keys.create('mobile', 'channel', at);
      expect(await keys.verify(old)).toBeNull();
      expect(await keys.verify(fresh)).toEqual({ name: 'mobile', role: 'channel' });
    });
  });
};
