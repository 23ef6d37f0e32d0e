import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { CaseNumber } from '@city311/kernel';
import { askMongo, insertNew, majorityCollection } from '@city311/scheduling';
import type Database from 'better-sqlite3';
import type { Connection, mongo } from 'mongoose';

import { deriveKey } from '../derive-key.js';
import { purposeOf, type ApiKeyRow } from '../sqlite/api-key-rows.js';
import { openVaultDatabase } from '../sqlite/database.js';
import { masterKeyFor } from '../sqlite/master-key.js';
import type { Author, Erasure } from '../vault.js';
import { copyContacts } from './copy-contacts.js';
import { openVaultCollections } from './documents.js';
import type { KeyDocument, VaultCollections } from './documents.js';
import { createErasing } from './erasing.js';
import { MasterKeys } from './master-keys.js';
import type { ApiKeyDocument } from './mongo-api-keys.js';
import { pagesOf } from './pages-of.js';
import { sameSecrets, sealSecrets } from './secrets.js';
import type { Secrets } from './secrets.js';

export interface CopySqliteVaultOptions {
  /** Holds `vault.db` and `master.key`. Where somebody still writes to it, call this again once nobody does. */
  readonly folder: string;
  /** Where it does not lie in the folder. */
  readonly sqliteMasterKey?: Uint8Array;
  readonly connection: Connection;
  /** Of the vault in MongoDB; may be another one. */
  readonly masterKey: Uint8Array;
}

/** How many of each stand in the folder, and in MongoDB after this. */
export interface CopiedVault {
  readonly keys: number;
  readonly contacts: number;
  readonly erasures: number;
  readonly caseNotes: number;
  readonly apiKeys: number;
}

/**
 * Copies the vault of a folder into MongoDB: what was protected there is revealed here, links stay good, the erased
 * stays erased, here too. Into an empty vault, or one where the same folder was copied before; then what has changed
 * in the folder since is brought over, and what was erased or changed in MongoDB stays as it is.
 * @throws Error  no vault in the folder; or the one in MongoDB is another's
 * @throws TransientError  the server is away; to be called again
 */
export const copySqliteVault = async (options: CopySqliteVaultOptions): Promise<CopiedVault> => {
  const { folder, connection } = options;
  if (!existsSync(join(folder, 'vault.db'))) throw new Error(`there is no vault.db in ${folder}`);
  const masterKeys = new MasterKeys(options.masterKey);
  const target = await openVaultCollections(connection);
  const apiKeys = await majorityCollection<ApiKeyDocument>(connection, 'api_keys');
  const db = openVaultDatabase(folder);
  try {
    const sqliteKey = masterKeyFor(db, folder, options.sqliteMasterKey);
    return await askMongo('the vault could not be copied', async () => {
      const secrets = {
        lookupKey: deriveKey(sqliteKey, 'contact lookup'),
        derivingKey: deriveKey(sqliteKey, 'derived secrets'),
      };
      await takeOverSecrets(target, masterKeys, secrets);
      const erasures = await copyErasures(db, target);
      const keys = await copyKeys(db, new MasterKeys(sqliteKey), target, masterKeys);
      const contacts = await copyContacts(db, target, masterKeys, secrets);
      const caseNotes = await copyCaseNotes(db, target);
      return { keys, contacts, erasures, caseNotes, apiKeys: await copyApiKeys(db, apiKeys) };
    });
  } finally {
    db.close();
  }
};

const takeOverSecrets = async (
  { secrets, keys }: VaultCollections,
  masterKeys: MasterKeys,
  wanted: Secrets,
): Promise<void> => {
  const standing = await secrets.findOne({ _id: 'secrets' });
  if (standing !== null && sameSecrets(masterKeys, standing, wanted)) return;
  if ((await keys.findOne({}, { projection: { _id: 1 } })) !== null) {
    throw new Error('the vault in MongoDB holds keys of another vault: copy into an empty database');
  }
  await secrets.replaceOne({ _id: 'secrets' }, sealSecrets(masterKeys, wanted), { upsert: true });
};

/** Who was erased there is erased here, too, where an earlier copy has brought their key. */
const copyErasures = async (db: Database.Database, target: VaultCollections): Promise<number> => {
  const page = db.prepare<[number], Erasure & { readonly number: number }>(
    'SELECT number, key_id AS keyId, author, at FROM erasures WHERE number > ? ORDER BY number LIMIT 500',
  );
  const erasing = createErasing(target);
  let count = 0;
  for (const rows of pagesOf(
    0,
    (after) => page.all(after),
    ({ number }) => number,
  )) {
    await erasing.eraseAll(rows);
    count += rows.length;
  }
  return count;
};

const copyKeys = async (
  db: Database.Database,
  sqliteKeys: MasterKeys,
  { keys, erasures }: VaultCollections,
  masterKeys: MasterKeys,
): Promise<number> => {
  const page = db.prepare<[string], { keyId: string; author: Author; wrapped: Buffer }>(
    'SELECT key_id AS keyId, author, wrapped FROM keys WHERE key_id > ? ORDER BY key_id LIMIT 500',
  );
  let count = 0;
  for (const rows of pagesOf(
    '',
    (after) => page.all(after),
    ({ keyId }) => keyId,
  )) {
    const ids = rows.map(({ keyId }) => keyId);
    const gone = new Set((await erasures.find({ _id: { $in: ids } }).toArray()).map(({ _id }) => _id));
    const documents = rows
      .filter(({ keyId }) => !gone.has(keyId))
      .map(({ keyId, author, wrapped }): KeyDocument => {
        const clear = sqliteKeys.unwrap(keyId, { wrapped, by: sqliteKeys.currentId });
        return { _id: keyId, author, ...masterKeys.wrap(keyId, clear) };
      });
    await insertNew(keys, documents);
    await mustAllBeThere(
      keys,
      documents.map(({ _id }) => _id),
    );
    count += documents.length;
  }
  return count;
};

/** A key whose author has another one there would be lost without a word. */
const mustAllBeThere = async (keys: mongo.Collection<KeyDocument>, ids: string[]): Promise<void> => {
  const there = await keys.countDocuments({ _id: { $in: ids } });
  if (there !== ids.length) {
    throw new Error(`${ids.length - there} authors have other keys in MongoDB: copy into an empty database`);
  }
};

const copyCaseNotes = async (db: Database.Database, { caseNotes }: VaultCollections): Promise<number> => {
  const page = db.prepare<[string, string], { author: Author; caseNumber: CaseNumber }>(
    `SELECT author, case_number AS caseNumber FROM author_cases WHERE (author, case_number) > (?, ?)
     ORDER BY author, case_number LIMIT 500`,
  );
  let count = 0;
  const first = { author: '', caseNumber: '' };
  for (const rows of pagesOf(
    first,
    (after) => page.all(after.author, after.caseNumber),
    (row) => row,
  )) {
    await insertNew(
      caseNotes,
      rows.map((row) => ({ _id: `${row.author} ${row.caseNumber}`, ...row })),
    );
    count += rows.length;
  }
  return count;
};

/** Without those that were revoked there since an earlier copy. */
const copyApiKeys = async (
  db: Database.Database,
  apiKeys: mongo.Collection<ApiKeyDocument>,
): Promise<number> => {
  const rows = db.prepare<[], ApiKeyRow>('SELECT * FROM api_keys').all();
  const hashes = rows.map(({ hash }) => hash);
  await apiKeys.deleteMany({ copied: true, hash: { $nin: hashes } });
  await insertNew(
    apiKeys,
    rows.map((row): ApiKeyDocument => ({
      _id: row.name,
      hash: row.hash,
      role: row.role,
      createdAt: row.created_at,
      ...purposeOf(row),
      ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
      ...(row.retiring_hash === null || row.retiring_until === null
        ? {}
        : { retiring: { hash: row.retiring_hash, until: row.retiring_until } }),
      copied: true,
    })),
  );
  const there = await apiKeys.countDocuments({ hash: { $in: hashes } });
  if (there !== rows.length) {
    throw new Error(
      `${rows.length - there} API keys have the name of another in MongoDB: revoke those there`,
    );
  }
  return rows.length;
};
