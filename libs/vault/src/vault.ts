import type { ContactId, Instant, ProtectedText, WrittenText } from '@city311/kernel';

/** Whose key protects a text: `contact:<id>`, or `case:<number>` where nobody is named, or `staff:<department id>`. */
export type Author = `contact:${string}` | `case:${string}` | `staff:${string}`;

export interface ContactDetails {
  readonly email?: string;
  readonly phone?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  /** Whether the person agreed to get messages about their cases. */
  readonly consent: boolean;
  readonly language: string;
}

export interface Contact extends ContactDetails {
  readonly contactId: ContactId;
}

/**
 * Keys per author and contact details; what must be erasable is only here. Writes are durable before they resolve;
 * writes in flight together share an fsync. Nothing of it may reach a log line.
 */
export interface Vault {
  /** Protects texts under the author's key, made and durable first where there is none. */
  protect(author: Author, texts: readonly string[]): Promise<readonly ProtectedText[]>;
  /** The text and what the public may read of it, both protected. */
  protectWritten(author: Author, text: string): Promise<WrittenText>;
  /** In the order given, keys fetched in one go; null where the author was erased. @throws PoisonMessageError  not a protected text */
  reveal(texts: readonly ProtectedText[]): Promise<readonly (string | null)[]>;
  /** Key id of an author, as it stands in `ProtectedText` and `SubjectErased.author`; null where there is none. */
  keyIdOf(author: Author): Promise<string | null>;
  /** Finds the person by keyed hash of e-mail or phone, or makes a new one; newer details replace older ones. */
  rememberContact(details: ContactDetails): Promise<ContactId>;
  contacts(ids: readonly ContactId[]): Promise<ReadonlyMap<ContactId, Contact>>;
  findContact(by: { readonly email: string } | { readonly phone: string }): Promise<ContactId | null>;
  /** Deletes key and contact; idempotent. What was written under the key can never be read again. */
  erase(author: Author, at: Instant): Promise<void>;
  erased(): Promise<readonly { readonly author: Author; readonly keyId: string; readonly at: Instant }[]>;
  close(): Promise<void>;
}

export type Role = 'channel' | 'importer' | 'operator' | `department:${string}`;

export interface ApiKey {
  readonly name: string;
  readonly role: Role;
}

/** API keys: stored as hashes, shown once when made. */
export interface ApiKeys {
  /** Returns the key in clear, for the only time. @throws RangeError  the name is taken, or the role is none */
  create(name: string, role: Role, at: Instant): Promise<string>;
  verify(key: string): Promise<ApiKey | null>;
  revoke(name: string): Promise<boolean>;
  list(): Promise<readonly (ApiKey & { readonly createdAt: Instant })[]>;
}
