import { createSecretKey, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { PoisonMessageError, TransientError } from '@city311/kernel';
import { insertNew } from '@city311/scheduling';

import { keyBytes } from '../cipher.js';
import type { AuthorKey } from '../cipher.js';
import { newKeyId } from '../key-id.js';
import type { Author } from '../vault.js';
import type { KeyDocument, VaultCollections } from './documents.js';
import { InOneGo } from './in-one-go.js';
import type { MasterKeys } from './master-keys.js';

type KeysById = ReadonlyMap<string, AuthorKey>;
type KeysByAuthor = ReadonlyMap<Author, AuthorKey>;

const attempts = 20;
const reads = { atOnce: 4, most: 500 };

/**
 * Keys by author and by id. Nothing is kept in memory: every call asks the server, calls of one turn together, so
 * that what anybody has erased is gone for the next call anywhere.
 */
export class KeyStore {
  readonly #masterKeys: MasterKeys;
  readonly #collections: VaultCollections;
  readonly #byIds: InOneGo<readonly string[], KeysById>;
  readonly #byAuthors: InOneGo<readonly Author[], KeysByAuthor>;
  readonly #erasedIds: InOneGo<readonly string[], ReadonlySet<string>>;
  readonly #inserts: InOneGo<readonly Author[], KeysByAuthor>;

  constructor(collections: VaultCollections, masterKeys: MasterKeys) {
    this.#masterKeys = masterKeys;
    this.#collections = collections;
    this.#byIds = new InOneGo<readonly string[], KeysById>(async (asks) => {
      const rows = await collections.keys.find({ _id: { $in: unique(asks) } }).toArray();
      const keys = new Map(rows.map((row) => [row._id, this.#open(row)]));
      return asks.map(() => keys);
    }, reads);
    this.#byAuthors = new InOneGo<readonly Author[], KeysByAuthor>(async (asks) => {
      const rows = await collections.keys.find({ author: { $in: unique(asks) } }).toArray();
      const keys = new Map(rows.map((row) => [row.author, this.#open(row)]));
      return asks.map(() => keys);
    }, reads);
    this.#erasedIds = new InOneGo<readonly string[], ReadonlySet<string>>(async (asks) => {
      const rows = await collections.erasures
        .find({ _id: { $in: unique(asks) } }, { projection: { _id: 1 } })
        .toArray();
      const ids = new Set(rows.map(({ _id }) => _id));
      return asks.map(() => ids);
    }, reads);
    this.#inserts = new InOneGo(async (asks) => {
      const made = await this.#insert(unique(asks));
      return asks.map(() => made);
    });
  }

  /** Null where erased. @throws PoisonMessageError  this vault never had such a key */
  async ofIds(keyIds: readonly string[]): Promise<ReadonlyMap<string, AuthorKey | null>> {
    if (keyIds.length === 0) return new Map();
    const found: Map<string, AuthorKey | null> = new Map();
    const standing = await this.#byIds.ask(keyIds);
    const missing = keyIds.filter((keyId) => !standing.has(keyId));
    const erased = missing.length === 0 ? null : await this.#erasedIds.ask(missing);
    for (const keyId of keyIds) {
      const key = standing.get(keyId) ?? null;
      if (key === null && erased?.has(keyId) !== true) {
        throw new PoisonMessageError(`this vault never had key ${keyId}`);
      }
      found.set(keyId, key);
    }
    return found;
  }

  ofAuthors(authors: readonly Author[]): Promise<KeysByAuthor> {
    return this.#byAuthors.ask(authors);
  }

  async ofAuthor(author: Author): Promise<AuthorKey | null> {
    return (await this.ofAuthors([author])).get(author) ?? null;
  }

  /** Makes what is missing; whoever else makes a key for the same author, all get the same one. */
  async make(authors: readonly Author[]): Promise<KeysByAuthor> {
    const keys = new Map<Author, AuthorKey>();
    let missing = authors;
    const take = (from: KeysByAuthor): void => {
      for (const author of missing) {
        const key = from.get(author);
        if (key !== undefined) keys.set(author, key);
      }
      missing = missing.filter((author) => !keys.has(author));
    };
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      take(await this.#inserts.ask(missing));
      if (missing.length === 0) return keys;
      take(await this.ofAuthors(missing));
      if (missing.length === 0) return keys;
      await sleep(attempt * 5); // made elsewhere, but not by a majority yet; or erased meanwhile
    }
    throw new TransientError('keys could not be made: somebody else is making them');
  }

  async keyOf(author: Author): Promise<AuthorKey> {
    const key = (await this.ofAuthor(author)) ?? (await this.make([author])).get(author);
    if (key === undefined) throw new Error(`no key was made for ${author}`);
    return key;
  }

  /** Takes back a key that nothing was written under. */
  async discard({ keyId }: AuthorKey): Promise<void> {
    await this.#collections.keys.deleteOne({ _id: keyId });
  }

  async close(): Promise<void> {
    await Promise.all([this.#byIds.close(), this.#byAuthors.close(), this.#erasedIds.close()]);
    await this.#inserts.close();
  }

  /** Only those whose author had none. */
  async #insert(authors: readonly Author[]): Promise<KeysByAuthor> {
    const secrets = randomBytes(authors.length * keyBytes);
    const made = authors.map((author, index) => {
      const bytes = secrets.subarray(index * keyBytes, (index + 1) * keyBytes);
      const keyId = newKeyId();
      const document = { _id: keyId, author, ...this.#masterKeys.wrap(keyId, bytes) };
      return { author, document, key: { keyId, secret: createSecretKey(bytes) } };
    });
    const taken = await insertNew(
      this.#collections.keys,
      made.map(({ document }) => document),
    );
    return new Map(made.filter((_, index) => !taken.has(index)).map(({ author, key }) => [author, key]));
  }

  #open(row: KeyDocument): AuthorKey {
    return { keyId: row._id, secret: createSecretKey(this.#masterKeys.unwrap(row._id, row)) };
  }
}

const unique = <Name>(asks: readonly (readonly Name[])[]): Name[] => [...new Set(asks.flat())];
