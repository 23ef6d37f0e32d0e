import type { Instant } from '@city311/kernel';

import {
  apiKeyHash,
  looksLikeApiKey,
  newApiKey,
  nextApiKey,
  recheckMs,
  retiringUntil,
} from '../api-key-form.js';
import { BoundedCache } from '../bounded-cache.js';
import type { ApiKey, ApiKeys, KeyPurpose, Role } from '../vault.js';
import { keyOf, listedKeyOf, type ApiKeyRow } from './api-key-rows.js';
import { openVaultDatabase, watchOtherWriters } from './database.js';

/** API keys beside the vault, in `vault.db`; a key made by another process counts at once, one revoked within half a second. */
export const openSqliteApiKeys = async (options: { readonly folder: string }): Promise<ApiKeys> => {
  const db = openVaultDatabase(options.folder);
  const othersHaveWritten = watchOtherWriters(db);
  let checkedAt = Number.NEGATIVE_INFINITY;
  const verified = new BoundedCache<string, ApiKey>(1_000);
  const byHash = db.prepare<{ hash: Buffer }, ApiKeyRow>(
    'SELECT * FROM api_keys WHERE hash = @hash OR retiring_hash = @hash',
  );
  const byName = db.prepare<[string], ApiKeyRow>('SELECT * FROM api_keys WHERE name = ?');
  const insert = db.prepare<[string, Buffer, string, string, string | null, string | null, string | null]>(
    `INSERT INTO api_keys (name, hash, role, created_at, system, expires_at, rate) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const replace = db.prepare<[Buffer, Instant, Instant | null, Buffer, Instant, string]>(
    `UPDATE api_keys SET hash = ?, created_at = ?, expires_at = ?, retiring_hash = ?, retiring_until = ?
     WHERE name = ?`,
  );
  const noteUse = db.prepare<{ name: string; at: Instant }>(
    `UPDATE api_keys SET last_used_at = @at
     WHERE name = @name AND (last_used_at IS NULL OR last_used_at < @at)`,
  );
  const noteAll = db.transaction((uses: ReadonlyMap<string, Instant>) => {
    for (const [name, at] of uses) noteUse.run({ name, at });
  });
  const remove = db.prepare<[string]>('DELETE FROM api_keys WHERE name = ?');
  const all = db.prepare<[], ApiKeyRow>('SELECT * FROM api_keys ORDER BY name');

  const rotate = db.transaction(
    (name: string, at: Instant, overlapUntil: Instant, expiresAt: Instant | undefined): string | null => {
      const before = byName.get(name);
      if (before === undefined) return null;
      const key = nextApiKey(name, overlapUntil, expiresAt);
      const until = retiringUntil(overlapUntil, before.expires_at ?? undefined);
      replace.run(apiKeyHash(key), at, expiresAt ?? null, before.hash, until, name);
      return key;
    },
  );

  return {
    create: async (name: string, role: Role, at: Instant, purpose: KeyPurpose = {}) => {
      const key = newApiKey(name, role, purpose);
      const { system = null, expiresAt = null, rate = null } = purpose;
      const limit = rate === null ? null : String(rate);
      if (insert.run(name, apiKeyHash(key), role, at, system, expiresAt, limit).changes === 0) {
        throw new RangeError(`there is a key named ${name} already`);
      }
      return key;
    },

    rotate: async (name, at, overlapUntil, expiresAt) => {
      const key = rotate.immediate(name, at, overlapUntil, expiresAt);
      verified.clear();
      return key;
    },

    noteUses: async (uses) => {
      noteAll.immediate(uses);
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
      const row = byHash.get({ hash });
      if (row === undefined) return null;
      const apiKey = keyOf(row, hash);
      verified.set(cacheKey, apiKey);
      return apiKey;
    },

    revoke: async (name) => {
      const { changes } = remove.run(name);
      verified.clear();
      return changes > 0;
    },

    list: async () => all.all().map(listedKeyOf),

    close: async () => {
      db.close();
    },
  };
};
