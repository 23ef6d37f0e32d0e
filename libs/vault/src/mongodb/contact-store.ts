import { setTimeout as sleep } from 'node:timers/promises';

import { TransientError } from '@city311/kernel';
import type { ContactId } from '@city311/kernel';
import { insertNew, isDuplicateKey } from '@city311/scheduling';
import type { mongo } from 'mongoose';

import type { AuthorKey } from '../cipher.js';
import { addsNothing, authorOf, newContactId, openContact, sealContact } from '../contact-record.js';
import { lookupsOf } from '../identifiers.js';
import type { Lookups } from '../identifiers.js';
import { keyedHasher } from '../keyed-hash.js';
import { mergeDetails } from '../merge-details.js';
import type { Contact, ContactDetails } from '../vault.js';
import type { ContactDocument, VaultCollections } from './documents.js';
import { InOneGo } from './in-one-go.js';
import type { KeyStore } from './key-store.js';

interface Found {
  readonly document: ContactDocument;
  readonly contact: Contact;
  readonly key: AuthorKey;
}

const attempts = 20;

/** The members by which somebody is found; a unique index on two of them lets nobody be made twice. */
export const foundBy = ({
  email,
  phone,
}: Lookups): Pick<ContactDocument, 'email' | 'phone' | 'solePhone'> => ({
  ...(email === undefined ? {} : { email }),
  ...(phone === undefined ? {} : { phone }),
  ...(phone === undefined || email !== undefined ? {} : { solePhone: phone }),
});

/** People, each record encrypted under the person's own key. One document each, so that no change is half done. */
export class ContactStore {
  readonly #contacts: mongo.Collection<ContactDocument>;
  readonly #keys: KeyStore;
  readonly #keyedHash: (text: string) => Buffer;
  readonly #inserts: InOneGo<ContactDocument, boolean>;
  readonly #byEmail: InOneGo<Buffer, ContactDocument | null>;

  constructor({ contacts }: VaultCollections, keys: KeyStore, lookupKey: Uint8Array) {
    this.#contacts = contacts;
    this.#keys = keys;
    this.#keyedHash = keyedHasher(lookupKey);
    this.#inserts = new InOneGo(async (documents) => {
      const taken = await insertNew(contacts, documents);
      return documents.map((_, index) => !taken.has(index));
    });
    this.#byEmail = new InOneGo(
      async (emails) => {
        const found = new Map<string, ContactDocument>();
        for await (const document of contacts.find({ email: { $in: [...emails] } }))
          if (document.email !== undefined) found.set(document.email.toString('hex'), document);
        return emails.map((email) => found.get(email.toString('hex')) ?? null);
      },
      { atOnce: 4 },
    );
  }

  async byIds(ids: readonly ContactId[]): Promise<ReadonlyMap<ContactId, Contact>> {
    const documents = await this.#contacts.find({ _id: { $in: [...ids] } }).toArray();
    const keys = await this.#keys.ofIds(documents.map(({ keyId }) => keyId));
    const found = new Map<ContactId, Contact>();
    for (const { _id, keyId, details } of documents) {
      const key = keys.get(keyId) ?? null;
      if (key !== null) found.set(_id, openContact(key, _id, details));
    }
    return found;
  }

  async find(by: Pick<ContactDetails, 'email' | 'phone'>): Promise<ContactId | null> {
    const { email, phone } = lookupsOf(this.#keyedHash, by);
    const filter = email === undefined ? (phone === undefined ? null : { phone }) : { email };
    return filter === null ? null : ((await this.#first(filter))?._id ?? null);
  }

  async remember(details: ContactDetails): Promise<ContactId> {
    const lookups = lookupsOf(this.#keyedHash, details);
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const document = await this.#personOf(lookups);
      const id =
        document === null ? await this.#make(details, lookups) : await this.#renew(document, details);
      if (id !== null) return id;
      await sleep(attempt * 5); // somebody else was quicker
    }
    throw new TransientError('a contact could not be remembered: it is changed over and over');
  }

  async close(): Promise<void> {
    await Promise.all([this.#byEmail.close(), this.#inserts.close()]);
  }

  #first(filter: mongo.Filter<ContactDocument>): Promise<ContactDocument | null> {
    return this.#contacts.find(filter).sort({ _id: 1 }).limit(1).next();
  }

  /** E-mail decides; a phone counts only where the two are not known under different e-mails. */
  async #personOf({ email, phone }: Lookups): Promise<ContactDocument | null> {
    if (email === undefined) return phone === undefined ? null : this.#first({ phone });
    if (phone === undefined) return this.#byEmail.ask(email);
    const found = await this.#contacts.find({ $or: [{ email }, { solePhone: phone }] }).toArray();
    return found.find((document) => document.email !== undefined) ?? found[0] ?? null;
  }

  async #make(details: ContactDetails, lookups: Lookups): Promise<ContactId | null> {
    const contactId = newContactId();
    const author = authorOf(contactId);
    const key = (await this.#keys.make([author])).get(author);
    if (key === undefined) return null;
    const sealed = sealContact(key, { ...details, contactId });
    const document = { _id: contactId, keyId: key.keyId, details: sealed, version: 1, ...foundBy(lookups) };
    if (await this.#inserts.ask(document)) return contactId;
    await this.#keys.discard(key);
    return null;
  }

  /** Null where somebody else has changed or erased it meanwhile. */
  async #renew(document: ContactDocument, details: ContactDetails): Promise<ContactId | null> {
    const found = await this.#open(document);
    if (found === null) return null;
    if (addsNothing(found.contact, details)) return document._id;
    const contact = { ...mergeDetails(found.contact, details), contactId: document._id };
    const replacement: mongo.WithoutId<ContactDocument> = {
      keyId: document.keyId,
      details: sealContact(found.key, contact),
      version: document.version + 1,
      ...foundBy(lookupsOf(this.#keyedHash, contact)),
    };
    try {
      const { matchedCount } = await this.#contacts.replaceOne(
        { _id: document._id, version: document.version },
        replacement,
      );
      return matchedCount === 1 ? document._id : null;
    } catch (error) {
      if (isDuplicateKey(error)) return null;
      throw error;
    }
  }

  /** Null where its key is erased; the record, which the erasure had yet to reach, is then gone too. */
  async #open(document: ContactDocument): Promise<Found | null> {
    const key = (await this.#keys.ofIds([document.keyId])).get(document.keyId) ?? null;
    if (key !== null) return { document, key, contact: openContact(key, document._id, document.details) };
    await this.#contacts.deleteOne({ _id: document._id, keyId: document.keyId });
    return null;
  }
}
