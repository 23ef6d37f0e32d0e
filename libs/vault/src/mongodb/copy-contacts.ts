import type { ContactId } from '@city311/kernel';
import { insertNew } from '@city311/scheduling';
import type Database from 'better-sqlite3';

import { openContact } from '../contact-record.js';
import { lookupsOf } from '../identifiers.js';
import { keyedHasher } from '../keyed-hash.js';
import { foundBy } from './contact-store.js';
import type { ContactDocument, VaultCollections } from './documents.js';
import { KeyStore } from './key-store.js';
import type { MasterKeys } from './master-keys.js';
import { pagesOf } from './pages-of.js';
import type { Secrets } from './secrets.js';

interface ContactRow {
  readonly contactId: ContactId;
  readonly keyId: string;
  readonly details: Buffer;
}

/** Those of an earlier copy that have changed in the folder since, and in MongoDB not. */
const renew = async (
  contacts: VaultCollections['contacts'],
  documents: readonly ContactDocument[],
): Promise<void> => {
  const writes = documents.map(({ _id, ...replacement }) => ({
    replaceOne: { filter: { _id, version: 1, details: { $ne: replacement.details } }, replacement },
  }));
  if (writes.length > 0) await contacts.bulkWrite(writes, { ordered: false });
};

/** After their keys were copied; those whose key was erased stay behind. */
export const copyContacts = async (
  db: Database.Database,
  target: VaultCollections,
  masterKeys: MasterKeys,
  { lookupKey }: Secrets,
): Promise<number> => {
  const page = db.prepare<[string], ContactRow>(
    `SELECT contact_id AS contactId, key_id AS keyId, details FROM contacts WHERE contact_id > ?
     ORDER BY contact_id LIMIT 500`,
  );
  const keyStore = new KeyStore(target, masterKeys);
  const keyedHash = keyedHasher(lookupKey);
  let count = 0;
  for (const rows of pagesOf<ContactRow, string>(
    '',
    (after) => page.all(after),
    ({ contactId }) => contactId,
  )) {
    const keys = await keyStore.ofIds(rows.map(({ keyId }) => keyId));
    const documents = rows.flatMap(({ contactId, keyId, details }): ContactDocument[] => {
      const key = keys.get(keyId) ?? null;
      if (key === null) return [];
      const lookups = lookupsOf(keyedHash, openContact(key, contactId, details));
      return [{ _id: contactId, keyId, details, version: 1, ...foundBy(lookups) }];
    });
    const taken = await insertNew(target.contacts, documents);
    await renew(
      target.contacts,
      documents.filter((_, index) => taken.has(index)),
    );
    const there = await target.contacts.countDocuments({ _id: { $in: documents.map(({ _id }) => _id) } });
    if (there !== documents.length) {
      throw new Error(`${documents.length - there} people are in MongoDB as somebody else already`);
    }
    count += documents.length;
  }
  return count;
};
