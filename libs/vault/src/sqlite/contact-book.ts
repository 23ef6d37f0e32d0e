import type { ContactId } from '@city311/kernel';
import type Database from 'better-sqlite3';

import { BoundedCache } from '../bounded-cache.js';
import type { AuthorKey } from '../cipher.js';
import { addsNothing, authorOf, newContactId, openContact, sealContact } from '../contact-record.js';
import { lookupsOf, normaliseEmail } from '../identifiers.js';
import type { Lookups } from '../identifiers.js';
import { keyedHasher } from '../keyed-hash.js';
import { mergeDetails } from '../merge-details.js';
import type { Contact, ContactDetails } from '../vault.js';
import type { KeyRing, RingChange } from './key-ring.js';

interface ContactRow {
  readonly contact_id: ContactId;
  readonly key_id: string;
  readonly details: Buffer;
}

/** What a transaction has found or made; counts once that is committed. */
export interface Remembered {
  readonly contact: Contact;
  readonly keys: readonly RingChange[];
}

const prepare = (db: Database.Database) => ({
  byHash: db
    .prepare<[Buffer], ContactId>('SELECT contact_id FROM lookups WHERE hash = ? ORDER BY contact_id')
    .pluck(),
  byIds: db.prepare<[string], ContactRow>(
    'SELECT contact_id, key_id, details FROM contacts WHERE contact_id IN (SELECT value FROM json_each(?))',
  ),
  save: db.prepare<[string, string, Buffer]>(
    `INSERT INTO contacts VALUES (?, ?, ?, (SELECT coalesce(max(changed), 0) + 1 FROM contacts))
     ON CONFLICT (contact_id) DO UPDATE SET details = excluded.details, changed = excluded.changed`,
  ),
  addHash: db.prepare<[Buffer, string]>('INSERT INTO lookups VALUES (?, ?) ON CONFLICT DO NOTHING'),
  dropHashes: db.prepare<[string]>('DELETE FROM lookups WHERE contact_id = ?'),
  remove: db.prepare<[string]>('DELETE FROM contacts WHERE contact_id = ?'),
  changedAfter: db.prepare<[number], { readonly contact_id: ContactId; readonly changed: number }>(
    'SELECT contact_id, changed FROM contacts WHERE changed > ? ORDER BY changed',
  ),
  lastChange: db.prepare<[], number>('SELECT coalesce(max(changed), 0) FROM contacts').pluck(),
});

/** People, each record encrypted under the person's own key. Reads and transaction parts; no commits. */
export class ContactBook {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #keys: KeyRing;
  readonly #keyedHash: (text: string) => Buffer;
  readonly #cache: BoundedCache<ContactId, Contact>;
  /** By normalised e-mail; counts only where the contact is in the cache and still has it. */
  readonly #byEmail: BoundedCache<string, ContactId>;
  #lastChange: number;

  constructor(db: Database.Database, keys: KeyRing, lookupKey: Uint8Array, cachedContacts: number) {
    this.#statements = prepare(db);
    this.#keys = keys;
    this.#keyedHash = keyedHasher(lookupKey);
    this.#cache = new BoundedCache(cachedContacts);
    this.#byEmail = new BoundedCache(cachedContacts);
    this.#lastChange = this.#statements.lastChange.get() ?? 0;
  }

  byIds(ids: readonly ContactId[]): Map<ContactId, Contact> {
    const found = new Map<ContactId, Contact>();
    const missing: ContactId[] = [];
    for (const id of ids) {
      const cached = this.#cache.get(id);
      if (cached === undefined) missing.push(id);
      else found.set(id, cached);
    }
    if (missing.length === 0) return found;
    const rows = this.#statements.byIds.all(JSON.stringify(missing));
    const keys = this.#keys.ofIds(rows.map((row) => row.key_id));
    for (const row of rows) {
      const key = keys.get(row.key_id);
      if (key === undefined || key === null) continue;
      const contact = openContact(key, row.contact_id, row.details);
      found.set(row.contact_id, contact);
      this.#cache.set(row.contact_id, contact);
    }
    return found;
  }

  find(by: Pick<ContactDetails, 'email' | 'phone'>): ContactId | null {
    const { email, phone } = lookupsOf(this.#keyedHash, by);
    const hash = email ?? phone;
    return hash === undefined ? null : (this.#statements.byHash.get(hash) ?? null);
  }

  /** Keyed hashes of the details, to be computed once and given to the two below. */
  lookups(details: ContactDetails): Lookups {
    return lookupsOf(this.#keyedHash, details);
  }

  /** The person these details are of, if seen lately and they would change nothing. Reads no file. */
  unchanged(details: ContactDetails): ContactId | null {
    const email = normaliseEmail(details.email);
    const id = email === undefined ? undefined : this.#byEmail.get(email);
    const known = id === undefined ? undefined : this.#cache.get(id);
    return known !== undefined && normaliseEmail(known.email) === email && addsNothing(known, details)
      ? known.contactId
      : null;
  }

  /** Inside a transaction; writes nothing where the details are known. */
  remember(details: ContactDetails, lookups: Lookups): Remembered {
    const known = this.#personOf(details, lookups);
    if (known === null) {
      const contact = { ...details, contactId: newContactId() };
      const made = this.#keys.make(authorOf(contact.contactId));
      this.#save(contact, made.key);
      this.#index(contact.contactId, lookups);
      return { contact, keys: [made] };
    }
    if (addsNothing(known, details)) return { contact: known, keys: [] };
    const contact = { ...mergeDetails(known, details), contactId: known.contactId };
    const keys = this.#keys.makeMissing([authorOf(contact.contactId)]);
    for (const { key } of keys) {
      if (key === null) continue;
      this.#save(contact, key);
      this.#statements.dropHashes.run(contact.contactId);
      this.#index(contact.contactId, this.lookups(contact));
    }
    return { contact, keys };
  }

  #save(contact: Contact, key: AuthorKey): void {
    this.#statements.save.run(contact.contactId, key.keyId, sealContact(key, contact));
  }

  #index(contactId: ContactId, { email, phone }: Lookups): void {
    for (const hash of [email, phone]) if (hash !== undefined) this.#statements.addHash.run(hash, contactId);
  }

  /** E-mail decides; a phone counts only where the two are not known under different e-mails. */
  #personOf(details: ContactDetails, { email, phone }: Lookups): Contact | null {
    const address = normaliseEmail(details.email);
    const byEmail = email === undefined ? undefined : this.#statements.byHash.get(email);
    if (byEmail !== undefined) {
      const known = this.byIds([byEmail]).get(byEmail) ?? null;
      if (address !== undefined && known !== null) this.#byEmail.set(address, known.contactId);
      return known;
    }
    if (phone === undefined) return null;
    const sharing = this.byIds(this.#statements.byHash.all(phone));
    for (const contact of sharing.values()) {
      if (address === undefined || normaliseEmail(contact.email) === undefined) return contact;
    }
    return null;
  }

  /** Inside a transaction. */
  erase(id: ContactId): void {
    this.#statements.dropHashes.run(id);
    this.#statements.remove.run(id);
  }

  /** After the commit. */
  apply(contact: Contact): void {
    this.#cache.set(contact.contactId, contact);
    const email = normaliseEmail(contact.email);
    if (email !== undefined) this.#byEmail.set(email, contact.contactId);
  }

  forget(id: ContactId): void {
    this.#cache.delete(id);
  }

  forgetAll(): void {
    this.#cache.clear();
    this.#byEmail.clear();
  }

  /** Drops from memory what other connections have changed. */
  forgetChanged(): void {
    for (const { contact_id: id, changed } of this.#statements.changedAfter.iterate(this.#lastChange)) {
      this.#cache.delete(id);
      this.#lastChange = changed;
    }
  }
}
