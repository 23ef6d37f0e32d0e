import type { Instant } from '@city311/kernel';

import type { ApiKey, KeyPurpose, ListedApiKey, Role } from '../vault.js';

/** A line of `api_keys`, as columns are named there. */
export interface ApiKeyRow {
  readonly name: string;
  readonly hash: Buffer;
  readonly role: Role;
  readonly created_at: Instant;
  readonly system: string | null;
  readonly expires_at: Instant | null;
  /** A number, or `unlimited`. */
  readonly rate: string | null;
  readonly last_used_at: Instant | null;
  /** Of the key that stood under the name before. */
  readonly retiring_hash: Buffer | null;
  readonly retiring_until: Instant | null;
}

export const purposeOf = ({ system, expires_at: expiresAt, rate }: ApiKeyRow): KeyPurpose => ({
  ...(system === null ? {} : { system }),
  ...(expiresAt === null ? {} : { expiresAt }),
  ...(rate === null ? {} : { rate: rate === 'unlimited' ? rate : Number(rate) }),
});

/** The key of this hash: the one under the name, or the one before it. */
export const keyOf = (row: ApiKeyRow, hash: Buffer): ApiKey => {
  const key = { name: row.name, role: row.role, ...purposeOf(row) };
  const isRetiring = row.retiring_until !== null && !row.hash.equals(hash);
  return isRetiring ? { ...key, expiresAt: row.retiring_until } : key;
};

export const listedKeyOf = (row: ApiKeyRow): ListedApiKey => ({
  name: row.name,
  role: row.role,
  ...purposeOf(row),
  createdAt: row.created_at,
  ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
  ...(row.retiring_until === null ? {} : { retiringUntil: row.retiring_until }),
});
