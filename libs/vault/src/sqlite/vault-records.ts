import { existsSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';

import type { VaultCounts, VaultImport, VaultRecord, VaultRecordKind } from '../records.js';
import type { Erasure } from '../vault.js';
import { openVaultDatabase } from './database.js';

/** What is read of each kind, in the order in which it must be taken in; the second column is the bytes. */
const queries: readonly (readonly [VaultRecordKind, string, bytes: string | null])[] = [
  ['fact', 'SELECT name, value FROM facts ORDER BY name', 'value'],
  ['erasure', 'SELECT key_id AS keyId, author, at FROM erasures ORDER BY number', null],
  ['key', 'SELECT key_id AS keyId, author, wrapped FROM keys ORDER BY key_id', 'wrapped'],
  [
    'contact',
    'SELECT contact_id AS contactId, key_id AS keyId, details FROM contacts ORDER BY contact_id',
    'details',
  ],
  ['lookup', 'SELECT hash, contact_id AS contactId FROM lookups ORDER BY hash, contact_id', 'hash'],
  [
    'author-case',
    'SELECT author, case_number AS caseNumber FROM author_cases ORDER BY author, case_number',
    null,
  ],
  ['api-key', 'SELECT name, hash, role, created_at AS createdAt FROM api_keys ORDER BY name', 'hash'],
];

const tables: Readonly<Record<VaultRecordKind, string>> = {
  fact: 'facts',
  key: 'keys',
  contact: 'contacts',
  lookup: 'lookups',
  'author-case': 'author_cases',
  'api-key': 'api_keys',
  erasure: 'erasures',
};

const openForReading = (folder: string): Database.Database =>
  new Database(join(folder, 'vault.db'), { readonly: true, timeout: 10_000 });

const recordOf = (kind: VaultRecordKind, row: Readonly<Record<string, unknown>>, bytes: string | null) => {
  const blob = bytes === null ? null : row[bytes];
  const text = Buffer.isBuffer(blob) ? { [bytes ?? '']: blob.toString('base64') } : {};
  return { kind, ...row, ...text } as VaultRecord;
};

/** All records of the vault in a folder, as they stood at one instant; memory does not grow with them. */
export function* readSqliteVaultRecords(folder: string, batchSize = 500): Generator<readonly VaultRecord[]> {
  const db = openForReading(folder);
  try {
    db.exec('BEGIN');
    for (const [kind, sql, bytes] of queries) {
      let batch: VaultRecord[] = [];
      for (const row of db.prepare<[], Record<string, unknown>>(sql).iterate()) {
        batch.push(recordOf(kind, row, bytes));
        if (batch.length < batchSize) continue;
        yield batch;
        batch = [];
      }
      if (batch.length > 0) yield batch;
    }
  } finally {
    db.close();
  }
}

/** Erasures noted in the vault of a folder, oldest first, read without its master key; none where there is no vault. */
export const readSqliteErasures = (folder: string): readonly Erasure[] => {
  if (!existsSync(join(folder, 'vault.db'))) return [];
  const db = openForReading(folder);
  try {
    return db.prepare<[], Erasure>('SELECT key_id AS keyId, author, at FROM erasures ORDER BY number').all();
  } finally {
    db.close();
  }
};

/** Takes records into `vault.db` of a folder, made where there is none. Nobody else may have it open. */
export const openSqliteVaultImport = async (options: { readonly folder: string }): Promise<VaultImport> => {
  const db = openVaultDatabase(options.folder);
  const insert = {
    fact: db.prepare('INSERT INTO facts (name, value) VALUES (@name, @value) ON CONFLICT DO NOTHING'),
    key: db.prepare(
      `INSERT INTO keys (key_id, author, wrapped) SELECT @keyId, @author, @wrapped
       WHERE NOT EXISTS (SELECT 1 FROM erasures WHERE key_id = @keyId) ON CONFLICT DO NOTHING`,
    ),
    contact: db.prepare(
      `INSERT INTO contacts SELECT @contactId, @keyId, @details, (SELECT coalesce(max(changed), 0) + 1 FROM contacts)
       WHERE NOT EXISTS (SELECT 1 FROM erasures WHERE key_id = @keyId)
       ON CONFLICT (contact_id) DO UPDATE SET key_id = excluded.key_id, details = excluded.details
         WHERE details <> excluded.details`,
    ),
    lookup: db.prepare(
      `INSERT INTO lookups SELECT @hash, @contactId
       WHERE EXISTS (SELECT 1 FROM contacts WHERE contact_id = @contactId) ON CONFLICT DO NOTHING`,
    ),
    'author-case': db.prepare(
      'INSERT INTO author_cases VALUES (@author, @caseNumber) ON CONFLICT DO NOTHING',
    ),
    'api-key': db.prepare(
      'INSERT INTO api_keys VALUES (@name, @hash, @role, @createdAt) ON CONFLICT DO NOTHING',
    ),
    erasure: db.prepare(
      'INSERT INTO erasures (key_id, author, at) VALUES (@keyId, @author, @at) ON CONFLICT DO NOTHING',
    ),
  } satisfies Record<VaultRecordKind, Database.Statement>;
  const storedFact = db.prepare<[string], Buffer>('SELECT value FROM facts WHERE name = ?').pluck();
  const keyOf = db.prepare<[string], string>('SELECT key_id FROM keys WHERE author = ?').pluck();
  const isErased = db.prepare<[string], number>('SELECT 1 FROM erasures WHERE key_id = ?').pluck();
  const dropOldHashes = db.prepare<[string]>('DELETE FROM lookups WHERE contact_id = ?');
  const dropKey = db.prepare<[string]>('DELETE FROM keys WHERE key_id = ?');
  const dropHashes = db.prepare<[string]>(
    'DELETE FROM lookups WHERE contact_id IN (SELECT contact_id FROM contacts WHERE key_id = ?)',
  );
  const dropContact = db.prepare<[string]>('DELETE FROM contacts WHERE key_id = ?');

  const takeOne = (record: VaultRecord): void => {
    insert[record.kind].run(rowOf(record));
    if (record.kind === 'fact' && storedFact.get(record.name)?.toString('base64') !== record.value)
      throw new Error(`the records belong to another master key (${record.name} differs)`);
    if (record.kind === 'key' && isErased.get(record.keyId) === undefined) {
      if (keyOf.get(record.author) !== record.keyId)
        throw new Error(`${record.author} has another key here than ${record.keyId}`);
    }
    // Its lookups follow; what an older pass brought may be out of date.
    if (record.kind === 'contact') dropOldHashes.run(record.contactId);
    if (record.kind === 'erasure') {
      dropHashes.run(record.keyId);
      dropContact.run(record.keyId);
      dropKey.run(record.keyId);
    }
  };

  return {
    take: async (records) => {
      db.transaction(() => {
        for (const record of records) takeOne(record);
      }).immediate();
    },
    counts: async () => {
      const count = (kind: VaultRecordKind): number =>
        db.prepare<[], number>(`SELECT count(*) FROM ${tables[kind]}`).pluck().get() ?? 0;
      return {
        fact: count('fact'),
        key: count('key'),
        contact: count('contact'),
        lookup: count('lookup'),
        'author-case': count('author-case'),
        'api-key': count('api-key'),
        erasure: count('erasure'),
      } satisfies VaultCounts;
    },
    close: async () => {
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
};

const byteMembers = new Set(['value', 'wrapped', 'details', 'hash']);

const rowOf = ({ kind: _kind, ...members }: VaultRecord): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(members).map(([name, value]: [string, string]) => [
      name,
      byteMembers.has(name) ? Buffer.from(value, 'base64') : value,
    ]),
  );
