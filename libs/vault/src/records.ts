import type { CaseNumber, ContactId, Instant } from '@city311/kernel';

import type { Author, Role } from './vault.js';

/**
 * One record of a vault as it lies in the store, for moving it to another store under the same master key. Bytes are
 * base64. Keys are wrapped, contacts encrypted: without the master key none of it says anything about anybody.
 */
export type VaultRecord =
  /** By it a vault knows its master key. */
  | { readonly kind: 'fact'; readonly name: string; readonly value: string }
  | { readonly kind: 'key'; readonly keyId: string; readonly author: Author; readonly wrapped: string }
  /** In order of erasing. Whoever takes it deletes the key and the contact that it names. */
  | { readonly kind: 'erasure'; readonly keyId: string; readonly author: Author; readonly at: Instant }
  | {
      readonly kind: 'contact';
      readonly contactId: ContactId;
      readonly keyId: string;
      readonly details: string;
    }
  /** Keyed hash of an e-mail or phone. */
  | { readonly kind: 'lookup'; readonly hash: string; readonly contactId: ContactId }
  | { readonly kind: 'author-case'; readonly author: Author; readonly caseNumber: CaseNumber }
  | {
      readonly kind: 'api-key';
      readonly name: string;
      readonly hash: string;
      readonly role: Role;
      readonly createdAt: Instant;
    };

export type VaultRecordKind = VaultRecord['kind'];
export type VaultCounts = Readonly<Record<VaultRecordKind, number>>;

/** Where records of another vault are taken in. */
export interface VaultImport {
  /**
   * Durable before it resolves; a record that is there already is passed over, so that a broken move can be repeated.
   * They come in the order fact,
   * erasure, key, contact, lookup, author-case, api-key.
   * @throws Error  the records belong to another master key, or a key id or name is taken by something else
   */
  take(records: readonly VaultRecord[]): Promise<void>;
  counts(): Promise<VaultCounts>;
  close(): Promise<void>;
}
