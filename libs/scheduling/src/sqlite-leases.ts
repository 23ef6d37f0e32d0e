import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';

import { systemClock, type Clock } from './clock.js';
import { holderIsGone } from './holder.js';
import type { Lease, Leases } from './leases.js';

export interface SqliteLeasesOptions {
  readonly folder: string;
  /** Default `consumers.db`; several parts may keep their tables in one file. */
  readonly file?: string;
  readonly clock?: Clock;
  /** Tells that a holder is dead before its lease ends. Default: a process of this host that runs no more. */
  readonly isGone?: (holder: string) => boolean;
}

interface Row {
  readonly holder: string;
  readonly token: number;
  readonly expires: number;
}

const lease = (name: string, row: Row): Lease => ({
  name,
  holder: row.holder,
  token: row.token,
  expiresAt: new Date(row.expires).toISOString(),
});

/**
 * Leases as rows of a file that the processes of one host share. A row stays after its release, so that tokens of
 * a name only ever grow. Each call is one short write transaction.
 */
export const openSqliteLeases = (options: SqliteLeasesOptions): Leases & { close(): void } => {
  const { folder, file = 'consumers.db', clock = systemClock, isGone = holderIsGone } = options;
  mkdirSync(folder, { recursive: true });
  const db = new Database(join(folder, file), { timeout: 5_000 });
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec(`CREATE TABLE IF NOT EXISTS leases (
    name TEXT PRIMARY KEY, holder TEXT NOT NULL, token INTEGER NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID`);
  const select = db.prepare<[string], Row>('SELECT holder, token, expires FROM leases WHERE name = ?');
  const put = db.prepare<[string, string, number, number]>(
    'INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)',
  );
  const extend = db.prepare<[number, string, string, number, number]>(
    'UPDATE leases SET expires = ? WHERE name = ? AND holder = ? AND token = ? AND expires > ?',
  );
  const end = db.prepare<[string, string, number]>(
    'UPDATE leases SET expires = 0 WHERE name = ? AND holder = ? AND token = ?',
  );

  const take = db.transaction((name: string, holder: string, ttlMs: number): Lease | null => {
    const now = clock.now().getTime();
    const row = select.get(name);
    const held = row !== undefined && row.expires > now;
    if (held && row.holder !== holder && !isGone(row.holder)) return null;
    const token = row === undefined ? 1 : held && row.holder === holder ? row.token : row.token + 1;
    const next = { holder, token, expires: now + ttlMs };
    put.run(name, holder, token, next.expires);
    return lease(name, next);
  });

  return {
    acquire: async (name, holder, ttlMs) => take.immediate(name, holder, ttlMs),
    renew: async ({ name, holder, token }, ttlMs) => {
      const now = clock.now().getTime();
      return extend.run(now + ttlMs, name, holder, token, now).changes === 1;
    },
    release: async ({ name, holder, token }) => {
      end.run(name, holder, token);
    },
    current: async (name) => {
      const row = select.get(name);
      return row !== undefined && row.expires > clock.now().getTime() ? lease(name, row) : null;
    },
    close: () => db.close(),
  };
};
