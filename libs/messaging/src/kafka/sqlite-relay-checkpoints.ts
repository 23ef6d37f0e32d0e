import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';

import type { Position } from '@city311/kernel';

import type { HeldEvent, RelayCheckpoints } from './relay-checkpoints.js';

const schema = `
  CREATE TABLE IF NOT EXISTS relays (
    name TEXT PRIMARY KEY, position TEXT, token INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS relay_held (
    name TEXT NOT NULL, stream TEXT NOT NULL, sequence INTEGER NOT NULL, subject TEXT NOT NULL,
    position TEXT NOT NULL, type TEXT NOT NULL, reason TEXT NOT NULL, held_at TEXT NOT NULL,
    PRIMARY KEY (name, stream, sequence)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS relay_asked (name TEXT PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID;
`;

/**
 * Relay checkpoints in `consumers.db`, for the processes of one host. WAL with `synchronous = NORMAL`: after a power
 * failure the newest writes may be missing, never an earlier one, so what is held is never missing before the
 * checkpoint that passed it.
 */
export const openSqliteRelayCheckpoints = (options: {
  readonly folder: string;
}): RelayCheckpoints & { close(): void } => {
  mkdirSync(options.folder, { recursive: true });
  const db = new Database(join(options.folder, 'consumers.db'), { timeout: 5_000 });
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.transaction(() => db.exec(schema)).immediate();

  const load = db.prepare<[string], Position | null>('SELECT position FROM relays WHERE name = ?').pluck();
  const claim = db.prepare<[string, number]>(
    `INSERT INTO relays (name, token) VALUES (?, ?)
     ON CONFLICT DO UPDATE SET token = excluded.token WHERE excluded.token >= token`,
  );
  const move = db.prepare<[string, string]>('UPDATE relays SET position = ? WHERE name = ?');
  const hold = db.prepare<HeldEvent & { readonly name: string }>(
    `INSERT OR IGNORE INTO relay_held VALUES
     (@name, @stream, @sequence, @subject, @position, @type, @reason, @heldAt)`,
  );
  const letGo = db.prepare<[string, string, number]>(
    'DELETE FROM relay_held WHERE name = ? AND stream = ? AND sequence = ?',
  );
  const held = db.prepare<[string, number], HeldEvent>(
    `SELECT subject, stream, sequence, position, type, reason, held_at AS heldAt
     FROM relay_held WHERE name = ? ORDER BY position LIMIT ?`,
  );
  const counts = db.prepare<[], { name: string; count: number }>(
    'SELECT name, COUNT(*) AS count FROM relay_held GROUP BY name',
  );
  const askAgain = db.prepare<[string]>(
    'INSERT INTO relay_asked VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1',
  );
  const asked = db.prepare<[string], number>('SELECT times FROM relay_asked WHERE name = ?').pluck();

  /** One transaction that writes nothing where a greater token has been here. */
  const fenced = db.transaction((name: string, token: number, write: () => void): boolean => {
    if (claim.run(name, token).changes === 0) return false;
    write();
    return true;
  });

  return {
    load: async (name) => load.get(name) ?? null,
    save: async (name, position, token) => fenced.immediate(name, token, () => move.run(position, name)),
    hold: async (name, events, token) =>
      fenced.immediate(name, token, () => {
        for (const event of events) hold.run({ ...event, name });
      }),
    release: async (name, events, token) =>
      fenced.immediate(name, token, () => {
        for (const { stream, sequence } of events) letGo.run(name, stream, sequence);
      }),
    held: async (name, { limit = -1 } = {}) => held.all(name, limit),
    heldCounts: async () => new Map(counts.all().map(({ name, count }) => [name, count])),
    askAgain: async (name) => void askAgain.run(name),
    timesAsked: async (name) => asked.get(name) ?? 0,
    close: () => db.close(),
  };
};
