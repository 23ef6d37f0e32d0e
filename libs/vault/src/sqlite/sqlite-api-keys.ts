import { createHash, randomBytes } from 'node:crypto';

import type { Instant } from '@city311/kernel';

import { BoundedCache } from '../bounded-cache.js';
import type { ApiKey, ApiKeys, Role } from '../vault.js';
import { openVaultDatabase, watchOtherWriters } from './database.js';

const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const rolePattern = /^(?:channel|importer|operator|department:[A-Za-z0-9][A-Za-z0-9._-]{0,63})$/;
const keyPattern = /^city311_[a-z0-9-]{1,64}_[A-Za-z0-9_-]{43}$/;

/** A key revoked by another connection is refused this much later at most, milliseconds. */
const recheckMs = 500;

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/** API keys beside the vault, in `vault.db`; a key made by another process counts at once, one revoked within half a second. */
export const openSqliteApiKeys = async (options: { readonly folder: string }): Promise<ApiKeys> => {
  const db = openVaultDatabase(options.folder);
  const othersHaveWritten = watchOtherWriters(db);
  let checkedAt = Number.NEGATIVE_INFINITY;
  const verified = new BoundedCache<string, ApiKey>(1_000);
  const byHash = db.prepare<[Buffer], ApiKey>('SELECT name, role FROM api_keys WHERE hash = ?');
  const insert = db.prepare<[string, Buffer, string, string]>(
    'INSERT INTO api_keys (name, hash, role, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const remove = db.prepare<[string]>('DELETE FROM api_keys WHERE name = ?');
  const all = db.prepare<[], ApiKey & { readonly createdAt: Instant }>(
    'SELECT name, role, created_at AS createdAt FROM api_keys ORDER BY name',
  );

  return {
    create: async (name: string, role: Role, at: Instant) => {
      if (!namePattern.test(name)) {
        throw new RangeError(
          `a key's name is 1 to 64 small letters, digits and inner dashes, not ${JSON.stringify(name)}`,
        );
      }
      if (!rolePattern.test(role)) {
        throw new RangeError(`no such role: ${role} (channel, importer, operator or department:<id>)`);
      }
      const key = `city311_${name}_${randomBytes(32).toString('base64url')}`;
      if (insert.run(name, hashOf(key), role, at).changes === 0) {
        throw new RangeError(`there is a key named ${name} already`);
      }
      return key;
    },

    verify: async (key) => {
      if (!keyPattern.test(key)) return null;
      if (performance.now() - checkedAt > recheckMs) {
        checkedAt = performance.now();
        if (othersHaveWritten()) verified.clear();
      }
      const hash = hashOf(key);
      const cacheKey = hash.toString('latin1');
      const known = verified.get(cacheKey) ?? byHash.get(hash);
      if (known === undefined) return null;
      verified.set(cacheKey, known);
      return known;
    },

    revoke: async (name) => {
      const { changes } = remove.run(name);
      verified.clear();
      return changes > 0;
    },

    list: async () => all.all(),

    close: async () => {
      db.close();
    },
  };
};
