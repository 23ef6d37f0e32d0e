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
