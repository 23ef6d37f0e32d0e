import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';

import type { Position } from '@city311/kernel';
import { openSqliteLeases, systemClock, type Clock } from '@city311/scheduling';

import { FencedError, type ConsumerState, type Member, type ParkedRow } from './consumer-state.js';

const schema = `
  CREATE TABLE IF NOT EXISTS checkpoints (
    grp TEXT NOT NULL, topic TEXT NOT NULL, position TEXT, token INTEGER NOT NULL,
    PRIMARY KEY (grp, topic)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS parked (
    grp TEXT NOT NULL, topic TEXT NOT NULL, case_number TEXT NOT NULL, position TEXT NOT NULL,
    event_id TEXT NOT NULL, type TEXT NOT NULL, stream TEXT NOT NULL, sequence INTEGER NOT NULL,
    reason TEXT NOT NULL, attempts INTEGER NOT NULL, parked_at TEXT NOT NULL, readable INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (grp, topic, case_number, position)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS parked_event ON parked (grp, event_id);
  CREATE TABLE IF NOT EXISTS resends (
    grp TEXT NOT NULL, topic TEXT NOT NULL, case_number TEXT NOT NULL,
    PRIMARY KEY (grp, topic, case_number)) WITHOUT ROWID;
`;

const columns = `grp AS "group", topic, case_number AS caseNumber, position, event_id AS eventId, type, stream,
  sequence, reason, attempts, parked_at AS parkedAt, readable, event`;

type StoredRow = Omit<ParkedRow, 'readable'> & { readonly readable: number };
const toRow = (row: StoredRow): ParkedRow => ({ ...row, readable: row.readable === 1 });

/**
 * Opens `consumers.db` in WAL mode with `synchronous = NORMAL`: after a power failure the newest writes may be
 * missing, but never an earlier one than those that are there, so a checkpoint never stands beyond a lost message.
 */
export const openSqliteConsumerState = (options: {
  readonly folder: string;
  readonly clock?: Clock;
}): ConsumerState => {
  const { folder, clock = systemClock } = options;
  mkdirSync(folder, { recursive: true });
  const leases = openSqliteLeases({ folder, clock });
  const db = new Database(join(folder, 'consumers.db'), { timeout: 5_000 });
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.transaction(() => db.exec(schema)).immediate();

  const tokenOf = db
    .prepare<[string, string], number>('SELECT token FROM checkpoints WHERE grp = ? AND topic = ?')
    .pluck();
  const claim = db.prepare<[string, string, number], { position: Position | null }>(
    `INSERT INTO checkpoints (grp, topic, token) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET token = excluded.token WHERE excluded.token >= token RETURNING position`,
  );
  const move = db.prepare<[string, string, string, number]>(
    'UPDATE checkpoints SET position = ? WHERE grp = ? AND topic = ? AND token = ?',
  );
  const insert = db.prepare(`INSERT OR IGNORE INTO parked VALUES
    (@group, @topic, @caseNumber, @position, @eventId, @type, @stream, @sequence, @reason, @attempts, @parkedAt,
     @readable, @event)`);
  const heads = db.prepare<[string, string], { caseNumber: string; head: Position }>(
    `SELECT case_number AS caseNumber, MIN(position) AS head FROM parked WHERE grp = ? AND topic = ? GROUP BY case_number`,
  );
  const lineOf = db.prepare<[string, string, string, number], StoredRow>(
    `SELECT ${columns} FROM parked WHERE grp = ? AND topic = ? AND case_number = ? ORDER BY position LIMIT ?`,
  );
  const remove = db.prepare<[string, string, string, string]>(
    'DELETE FROM parked WHERE grp = ? AND topic = ? AND case_number = ? AND position = ?',
  );
  const again = db.prepare<[string, string, string, string, string, string]>(
    `UPDATE parked SET reason = ?, attempts = attempts + 1, parked_at = ?
     WHERE grp = ? AND topic = ? AND case_number = ? AND position = ?`,
  );
  const resends = db
    .prepare<[string, string], string>('SELECT case_number FROM resends WHERE grp = ? AND topic = ?')
    .pluck();
  const endResend = db.prepare<[string, string, string]>(
    'DELETE FROM resends WHERE grp = ? AND topic = ? AND case_number = ?',
  );
  const listed = db.prepare<{ group: string | null; caseNumber: string | null; limit: number }, StoredRow>(
    `SELECT ${columns} FROM parked WHERE (@group IS NULL OR grp = @group)
     AND (@caseNumber IS NULL OR case_number = @caseNumber) ORDER BY grp, topic, case_number, position LIMIT @limit`,
  );
  const found = db.prepare<[string, string], StoredRow>(
    `SELECT ${columns} FROM parked WHERE grp = ? AND event_id = ? LIMIT 1`,
  );
  const ask = db.prepare<{ group: string; caseNumber: string | null }>(
    `INSERT OR IGNORE INTO resends SELECT DISTINCT grp, topic, case_number FROM parked
     WHERE grp = @group AND (@caseNumber IS NULL OR case_number = @caseNumber)`,
  );
  const standing = db
    .prepare<{ group: string; caseNumber: string | null }, number>(
      'SELECT COUNT(*) FROM parked WHERE grp = @group AND (@caseNumber IS NULL OR case_number = @caseNumber)',
    )
    .pluck();
  const counts = db.prepare<[], { group: string; topic: string; count: number }>(
    'SELECT grp AS "group", topic, COUNT(*) AS count FROM parked GROUP BY grp, topic',
  );
  const checkpoints = db.prepare<[], { group: string; topic: string; position: Position | null }>(
    'SELECT grp AS "group", topic, position FROM checkpoints ORDER BY grp, topic',
  );

  /** A transaction that only the group's newest member gets through. */
  const fenced = (member: Member, write: () => void): void => {
    db.transaction(() => {
      if (tokenOf.get(member.group, member.topic) !== member.token) throw new FencedError(member);
      write();
    }).immediate();
  };

  return {
    leases,
    claim: (member) => {
      const row = claim.get(member.group, member.topic, member.token);
      if (row === undefined) throw new FencedError(member);
      return row.position;
    },
    moveCheckpoint: (member, position) => {
      const { changes } = move.run(position, member.group, member.topic, member.token);
      if (changes === 0) throw new FencedError(member);
    },
    checkpoints: () => checkpoints.all(),
    park: (member, messages) => {
      const parkedAt = clock.now().toISOString();
      const { group, topic } = member;
      fenced(member, () => {
        for (const message of messages) {
          insert.run({ ...message, group, topic, parkedAt, readable: message.readable ? 1 : 0 });
        }
      });
    },
    lines: ({ group, topic }) =>
      new Map(heads.all(group, topic).map(({ caseNumber, head }) => [caseNumber, head])),
    line: ({ group, topic }, caseNumber, limit) => lineOf.all(group, topic, caseNumber, limit).map(toRow),
    unpark: (member, caseNumber, position) =>
      fenced(member, () => remove.run(member.group, member.topic, caseNumber, position)),
    parkAgain: (member, caseNumber, position, reason) =>
      fenced(member, () => {
        const { group, topic } = member;
        again.run(reason, clock.now().toISOString(), group, topic, caseNumber, position);
        endResend.run(group, topic, caseNumber);
      }),
    resends: ({ group, topic }) => resends.all(group, topic),
    resendDone: (member, caseNumber) =>
      fenced(member, () => endResend.run(member.group, member.topic, caseNumber)),
    list: ({ group = null, caseNumber = null, limit }) => listed.all({ group, caseNumber, limit }).map(toRow),
    find: (group, eventId) => {
      const row = found.get(group, eventId);
      return row === undefined ? null : toRow(row);
    },
    requestResend: (group, caseNumber) =>
      db
        .transaction((): number => {
          ask.run({ group, caseNumber });
          return standing.get({ group, caseNumber }) ?? 0;
        })
        .immediate(),
    parkedCounts: () => counts.all(),
    close: () => {
      db.close();
      leases.close();
    },
  };
};
