import type { CaseNumber, ContactId, Instant, ProtectedText, WrittenText } from '@city311/kernel';

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
  /**
   * In the order given, keys fetched in one go; null where the author was erased.
   * @throws PoisonMessageError  not a protected text, tampered with, or under a key that this vault never had
   */
  reveal(texts: readonly ProtectedText[]): Promise<readonly (string | null)[]>;
  /** Key id of an author, as it stands in `ProtectedText` and `SubjectErased.author`; null where there is none. */
  keyIdOf(author: Author): Promise<string | null>;
  /**
   * Finds the person by keyed hash of e-mail, else of phone, or makes a new one; newer details replace older ones,
   * absent ones stay. A phone that belongs to somebody with another e-mail does not make the two one person.
   */
  rememberContact(details: ContactDetails): Promise<ContactId>;
  contacts(ids: readonly ContactId[]): Promise<ReadonlyMap<ContactId, Contact>>;
  findContact(by: { readonly email: string } | { readonly phone: string }): Promise<ContactId | null>;
  /**
   * Makes the keys of many authors at once, durable, so that their first text costs no write: for a block of case
   * numbers just leased. Authors who have a key keep it.
   */
  reserveKeys(authors: readonly Author[]): Promise<void>;
  /**
   * Remembers that the case carries text of the author. Resolves once durable, some 20 ms later at most unless the
   * disk refuses: then it is tried again with the next write. Never rejects, so it need not be awaited.
   * Not needed for `case:` authors, whose case stands in the name.
   */
  noteCase(author: Author, caseNumber: CaseNumber): Promise<void>;
  /** Cases that carry text of the author, in order of number; still known after the author was erased. */
  casesOf(author: Author): Promise<readonly CaseNumber[]>;
  /** Deletes key and contact; idempotent. What was written under the key can never be read again. */
  erase(author: Author, at: Instant): Promise<void>;
  /** Oldest first. */
  erased(): Promise<readonly Erasure[]>;
  /** For a restored backup: erases again every key listed that came back with it. A newer key of the author stays. */
  reapplyErasures(list: readonly Erasure[]): Promise<void>;
  /** A secret of 22 characters, the same each time for a purpose and id, that only the holder of the master key can make. */
  deriveSecret(purpose: string, id: string): string;
  /** Name of the system that this vault belongs to; null where nobody gave it one. */
  deployment(): Promise<string | null>;
  /** Gives it that name, once and for good; answers the name that stands, whoever gave it. */
  nameDeployment(name: string): Promise<string>;
  close(): Promise<void>;
}

export interface Erasure {
  readonly author: Author;
  readonly keyId: string;
  readonly at: Instant;
}

export type Role = 'channel' | 'importer' | 'operator' | `department:${string}`;

export interface ApiKey {
  readonly name: string;
  readonly role: Role;
  /** The one other system that a channel's key speaks for: it may say which of that system's records a report is. */
  readonly system?: string;
  /** From then on it is refused; absent where it holds until it is revoked. */
  readonly expiresAt?: Instant;
  /** Requests a minute that it may make; absent where its role says so. */
  readonly rate?: KeyRate;
}

export type KeyRate = number | 'unlimited';

export interface ListedApiKey extends ApiKey {
  readonly createdAt: Instant;
  /** Known to the hour; absent where nobody has used it yet. */
  readonly lastUsedAt?: Instant;
  /** Until then the key that stood under the name before is known too. */
  readonly retiringUntil?: Instant;
}

/** What a key is made for besides its role. */
export type KeyPurpose = Omit<ApiKey, 'name' | 'role'>;

/** API keys: stored as hashes, shown once when made: `city311_<name>_<43 characters>`. */
export interface ApiKeys {
  /**
   * Returns the key in clear, for the only time.
   * @throws RangeError  the name is taken, the role, the system's name, the rate or the instant is none, or the role
   *   speaks for no one system
   */
  create(name: string, role: Role, at: Instant, purpose?: KeyPurpose): Promise<string>;
  /**
   * Puts a new key in the place of the one under the name and returns it in clear, for the only time. The one before is
   * known until `overlapUntil`, and never longer than it was to be; one before that no more. Null: no such name.
   * @throws RangeError  an instant is none
   */
  rotate(name: string, at: Instant, overlapUntil: Instant, expiresAt?: Instant): Promise<string | null>;
  /** Whoever is asked for a key compares `expiresAt` with the clock (`hasExpired`): an expired key is still found. */
  verify(key: string): Promise<ApiKey | null>;
  /** Notes when keys were used last; never goes back in time, and passes over names that are no more. */
  noteUses(uses: ReadonlyMap<string, Instant>): Promise<void>;
  /** The key under the name, and one that it took the place of. */
  revoke(name: string): Promise<boolean>;
  list(): Promise<readonly ListedApiKey[]>;
  close(): Promise<void>;
}

export const hasExpired = ({ expiresAt }: ApiKey, now: Instant): boolean =>
  expiresAt !== undefined && expiresAt <= now;
