import type { Instant } from '@city311/kernel';

import { apiKeyHash, looksLikeApiKey, newApiKey, recheckMs } from '../api-key-form.js';
import { BoundedCache } from '../bounded-cache.js';
import type { ApiKey, ApiKeys, Role } from '../vault.js';
import { openVaultDatabase, watchOtherWriters } from './database.js';

interface KeyRow {
  readonly name: string;
  readonly role: Role;
  readonly system: string | null;
}

const keyOf = ({ name, role, system }: KeyRow): ApiKey => ({
  name,
  role,
  ...(system === null ? {} : { system }),
});

/** API keys beside the vault, in `vault.db`; a key made by another process counts at once, one revoked within half a second. */
export const openSqliteApiKeys = async (options: { readonly folder: string }): Promise<ApiKeys> => {
  const db = openVaultDatabase(options.folder);
  const othersHaveWritten = watchOtherWriters(db);
  let checkedAt = Number.NEGATIVE_INFINITY;
  const verified = new BoundedCache<string, ApiKey>(1_000);
  const byHash = db.prepare<[Buffer], KeyRow>('SELECT name, role, system FROM api_keys WHERE hash = ?');
  const insert = db.prepare<[string, Buffer, string, string, string | null]>(
    'INSERT INTO api_keys (name, hash, role, created_at, system) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const remove = db.prepare<[string]>('DELETE FROM api_keys WHERE name = ?');
  const all = db.prepare<[], KeyRow & { readonly createdAt: Instant }>(
    'SELECT name, role, system, created_at AS createdAt FROM api_keys ORDER BY name',
  );

  return {
    create: async (name, role, at, purpose) => {
      const key = newApiKey(name, role, purpose);
      if (insert.run(name, apiKeyHash(key), role, at, purpose?.system ?? null).changes === 0) {
        throw new RangeError(`there is a key named ${name} already`);
      }
      return key;
    },

    verify: async (key) => {
      if (!looksLikeApiKey(key)) return null;
      if (performance.now() - checkedAt > recheckMs) {
        checkedAt = performance.now();
        if (othersHaveWritten()) verified.clear();
      }
      const hash = apiKeyHash(key);
      const cacheKey = hash.toString('latin1');
      const known = verified.get(cacheKey);
      if (known !== undefined) return known;
      const row = byHash.get(hash);
      if (row === undefined) return null;
      const apiKey = keyOf(row);
      verified.set(cacheKey, apiKey);
      return apiKey;
    },

    revoke: async (name) => {
      const { changes } = remove.run(name);
      verified.clear();
      return changes > 0;
    },

    list: async () => all.all().map((row) => ({ ...keyOf(row), createdAt: row.createdAt })),

    close: async () => {
      db.close();
    },
  };
};
