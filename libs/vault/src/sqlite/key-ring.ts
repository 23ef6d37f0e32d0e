import { createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { PoisonMessageError } from '@city311/kernel';
import type Database from 'better-sqlite3';

import { BoundedCache } from '../bounded-cache.js';
import { keyBytes, seal, unseal } from '../cipher.js';
import type { AuthorKey } from '../cipher.js';
import { newKeyId } from '../key-id.js';
import type { Author, Erasure } from '../vault.js';

interface KeyRow {
  readonly key_id: string;
  readonly wrapped: Buffer;
}

/** An entry of the ring as it was made or erased inside a transaction; counts once that is committed. */
export interface RingChange {
  readonly author: Author;
  readonly key: AuthorKey | null;
  readonly keyId: string;
}

const prepare = (db: Database.Database) => ({
  byAuthor: db.prepare<[string], KeyRow>('SELECT key_id, wrapped FROM keys WHERE author = ?'),
  byIds: db.prepare<[string], KeyRow>(
    'SELECT key_id, wrapped FROM keys WHERE key_id IN (SELECT value FROM json_each(?))',
  ),
  insert: db.prepare<[string, string, Buffer]>(
    'INSERT INTO keys (key_id, author, wrapped) VALUES (?, ?, ?) ON CONFLICT (key_id) DO NOTHING',
  ),
  remove: db.prepare<[string]>('DELETE FROM keys WHERE key_id = ?'),
  entomb: db.prepare<[string, string, string]>(
    'INSERT INTO erasures (key_id, author, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  ),
  entombed: db.prepare<[string], number>('SELECT 1 FROM erasures WHERE key_id = ?').pluck(),
  erasuresAfter: db.prepare<[number], Erasure & { readonly number: number }>(
    'SELECT number, key_id AS keyId, author, at FROM erasures WHERE number > ? ORDER BY number',
  ),
});

/** Keys by author and by id, the ones used lately unwrapped in memory. Reads and transaction parts; no commits. */
export class KeyRing {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #wrappingKey: KeyObject;
  readonly #byAuthor: BoundedCache<Author, AuthorKey>;
  /** Null stands for an erased key. */
  readonly #byId: BoundedCache<string, AuthorKey | null>;
  #lastErasure = 0;

  constructor(db: Database.Database, wrappingKey: Uint8Array, cachedKeys: number) {
    this.#statements = prepare(db);
    this.#wrappingKey = createSecretKey(wrappingKey);
    this.#byAuthor = new BoundedCache(cachedKeys);
    this.#byId = new BoundedCache(cachedKeys);
    this.#lastErasure = this.erasures().at(-1)?.number ?? 0;
  }

  ofAuthor(author: Author): AuthorKey | null {
    const cached = this.#byAuthor.get(author);
    if (cached !== undefined) return cached;
    const row = this.#statements.byAuthor.get(author);
    if (row === undefined) return null;
    const key = this.#unwrap(row);
    this.#byAuthor.set(author, key);
    this.#byId.set(key.keyId, key);
    return key;
  }

  /** Null where erased. @throws PoisonMessageError  this vault never had such a key */
  ofIds(keyIds: readonly string[]): ReadonlyMap<string, AuthorKey | null> {
    const found = new Map<string, AuthorKey | null>();
    const missing = new Set<string>();
    for (const keyId of keyIds) {
      if (found.has(keyId)) continue;
      const cached = this.#byId.get(keyId);
      if (cached === undefined) missing.add(keyId);
      else found.set(keyId, cached);
    }
    if (missing.size > 0) this.#load(missing, found);
    return found;
  }

  #load(missing: ReadonlySet<string>, found: Map<string, AuthorKey | null>): void {
    for (const row of this.#statements.byIds.iterate(JSON.stringify([...missing]))) {
      const key = this.#unwrap(row);
      found.set(key.keyId, key);
      this.#byId.set(key.keyId, key);
    }
    for (const keyId of missing) {
      if (found.has(keyId)) continue;
      if (this.#statements.entombed.get(keyId) === undefined) {
        throw new PoisonMessageError(`this vault never had key ${keyId}`);
      }
      found.set(keyId, null);
      this.#byId.set(keyId, null);
    }
  }

  /** Inside a transaction: the keys of these authors, made where there is none. */
  makeMissing(authors: readonly Author[]): readonly RingChange[] {
    const secrets = randomBytes(authors.length * keyBytes);
    return authors.map((author, index) => {
      const known = this.#statements.byAuthor.get(author);
      const key =
        known === undefined
          ? this.#insert(author, secrets.subarray(index * keyBytes, (index + 1) * keyBytes))
          : this.#unwrap(known);
      return { author, key, keyId: key.keyId };
    });
  }

  /** Inside a transaction: the key of an author who is new and can have none. */
  make(author: Author): RingChange & { readonly key: AuthorKey } {
    const key = this.#insert(author, randomBytes(keyBytes));
    return { author, key, keyId: key.keyId };
  }

  #insert(author: Author, bytes: Uint8Array): AuthorKey {
    const secret = createSecretKey(bytes);
    for (;;) {
      const keyId = newKeyId();
      const { changes } = this.#statements.insert.run(keyId, author, seal(this.#wrappingKey, keyId, bytes));
      if (changes === 1) return { keyId, secret };
    }
  }

  /** Inside a transaction: deletes this key for good and notes that it was. */
  erase({ author, keyId, at }: Erasure): RingChange {
    this.#statements.remove.run(keyId);
    this.#statements.entomb.run(keyId, author, at);
    return { author, key: null, keyId };
  }

  /** After the commit. */
  apply(changes: readonly RingChange[]): void {
    for (const { author, key, keyId } of changes) {
      this.#byId.set(keyId, key);
      if (key !== null) this.#byAuthor.set(author, key);
      else if (this.#byAuthor.get(author)?.keyId === keyId) this.#byAuthor.delete(author);
    }
  }

  /** After a transaction that came to nothing: what was read inside it may never have been. */
  forgetAll(): void {
    this.#byAuthor.clear();
    this.#byId.clear();
  }

  /** Takes over what other connections have erased, and returns whose keys went. */
  forgetErased(): readonly Author[] {
    const erasures = this.erasures(this.#lastErasure);
    this.#lastErasure = erasures.at(-1)?.number ?? this.#lastErasure;
    this.apply(erasures.map(({ author, keyId }) => ({ author, keyId, key: null })));
    return erasures.map(({ author }) => author);
  }

  erasures(after = 0): readonly (Erasure & { readonly number: number })[] {
    return this.#statements.erasuresAfter.all(after);
  }

  #unwrap(row: KeyRow): AuthorKey {
    const secret = unseal(this.#wrappingKey, row.key_id, row.wrapped);
    if (secret === null) throw new PoisonMessageError(`key ${row.key_id} does not open under the master key`);
    return { keyId: row.key_id, secret: createSecretKey(secret) };
  }
}
