import type { CaseNumber } from '@city311/kernel';
import type Database from 'better-sqlite3';

import { keyIdIn, protectText, revealText } from '../cipher.js';
import type { AuthorKey } from '../cipher.js';
import { contactOf } from '../contact-record.js';
import { deriveKey } from '../derive-key.js';
import { redact } from '../redact/redact.js';
import { turns } from '../turns.js';
import type { Author, Erasure, Vault } from '../vault.js';
import { ContactBook } from './contact-book.js';
import { keyedHasher } from '../keyed-hash.js';
import { openVaultDatabase, watchOtherWriters } from './database.js';
import { KeyRing } from './key-ring.js';
import { masterKeyFor } from './master-key.js';
import { WriteQueue } from './write-queue.js';

export interface SqliteVaultOptions {
  /** Holds `vault.db` and `master.key`; made where there is none. */
  readonly folder: string;
  /** 32 bytes, where they do not lie in `master.key`. */
  readonly masterKey?: Uint8Array;
  /** How many keys stay unwrapped in memory. */
  readonly cachedKeys?: number;
  readonly cachedContacts?: number;
  /**
   * Empties the write-ahead log into the file this often, on this thread, so that those who commit on others need
   * not stop for it. Without it that happens every 80 MB, inside a commit.
   */
  readonly checkpointEveryMs?: number;
}

/** Keys made in one transaction; more would hold up the event loop for longer than a request may wait. */
const reserveChunk = 125;

/**
 * The vault in one SQLite file. Several processes may have it open; what one erases, the others reveal no more.
 * @throws Error  the master key is missing, open to others, of the wrong size, or of another vault
 */
export const openSqliteVault = async (options: SqliteVaultOptions): Promise<Vault> => {
  const db = openVaultDatabase(options.folder);
  try {
    const masterKey = masterKeyFor(db, options.folder, options.masterKey);
    return sqliteVault(db, masterKey, options);
  } catch (error) {
    db.close();
    throw error;
  }
};

const sqliteVault = (db: Database.Database, masterKey: Uint8Array, options: SqliteVaultOptions): Vault => {
  const keys = new KeyRing(db, deriveKey(masterKey, 'key wrapping'), options.cachedKeys ?? 32_768);
  const lookupKey = deriveKey(masterKey, 'contact lookup');
  const secretOf = keyedHasher(deriveKey(masterKey, 'derived secrets'));
  const contacts = new ContactBook(db, keys, lookupKey, options.cachedContacts ?? 16_384);
  const queue = new WriteQueue(db, () => {
    keys.forgetAll();
    contacts.forgetAll();
  });
  const othersHaveWritten = watchOtherWriters(db);
  const wipe = db.prepare<[], { readonly busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)');
  const note = db.prepare<[string, string]>('INSERT INTO author_cases VALUES (?, ?) ON CONFLICT DO NOTHING');
  const giveName = db.prepare<[string]>(
    `INSERT INTO facts VALUES ('deployment', cast(? AS BLOB)) ON CONFLICT DO NOTHING`,
  );
  const deploymentNow = db
    .prepare<[], string>(`SELECT cast(value AS TEXT) FROM facts WHERE name = 'deployment'`)
    .pluck();
  const noted = db
    .prepare<[string], CaseNumber>(
      'SELECT case_number FROM author_cases WHERE author = ? ORDER BY case_number',
    )
    .pluck();

  /** Before anything cached is used: an erasure elsewhere counts here from the next turn of the event loop on. */
  const catchUp = (now?: 'now'): void => {
    if (!othersHaveWritten(now)) return;
    for (const author of keys.forgetErased()) {
      const contact = contactOf(author);
      if (contact !== null) contacts.forget(contact);
    }
    contacts.forgetChanged();
  };

  const keyOf = async (author: Author): Promise<AuthorKey> => {
    catchUp();
    const known = keys.ofAuthor(author);
    if (known !== null) return known;
    const [made] = await queue.run(
      () => keys.makeMissing([author]),
      (changes) => {
        keys.apply(changes);
      },
    );
    if (made?.key === undefined || made.key === null) throw new Error(`no key was made for ${author}`);
    return made.key;
  };

  const eraseAll = (list: () => readonly Erasure[]): Promise<unknown> =>
    queue.run(
      () =>
        list().map((erasure) => {
          const contact = contactOf(erasure.author);
          if (contact !== null) contacts.erase(contact);
          return keys.erase(erasure);
        }),
      (changes) => {
        keys.apply(changes);
        for (const { author } of changes) {
          const contact = contactOf(author);
          if (contact !== null) contacts.forget(contact);
        }
      },
    );

  const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  const checkpoints =
    options.checkpointEveryMs === undefined
      ? null
      : setInterval(() => {
          try {
            checkpoint.all();
          } catch {
            // No room, or busy: tried again in a while. A disk that is full shows in the writes themselves.
          }
        }, options.checkpointEveryMs).unref();

  let wiping: NodeJS.Timeout | null = null;
  /** Empties the write-ahead log, where deleted keys still stand; again later while somebody else is reading it. */
  const wipeLog = (): void => {
    wiping = null;
    const [result] = wipe.all();
    if (result?.busy === 1) wiping = setTimeout(wipeLog, 500);
  };

  return {
    protect: async (author, texts) => {
      const key = await keyOf(author);
      return texts.map((text) => protectText(key, text));
    },

    protectWritten: async (author, text) => {
      const key = await keyOf(author);
      // Redacting is the one thing here that takes time by what somebody wrote.
      await turns.next();
      const original = protectText(key, text);
      const open = redact(text);
      return { original, redacted: open === text ? original : protectText(key, open) };
    },

    reveal: async (texts) => {
      catchUp();
      const keyIds = texts.map(keyIdIn);
      const found = keys.ofIds(keyIds);
      return texts.map((text, index) => {
        const key = found.get(keyIds[index] ?? '') ?? null;
        return key === null ? null : revealText(key, text);
      });
    },

    keyIdOf: async (author) => {
      catchUp();
      return keys.ofAuthor(author)?.keyId ?? null;
    },

    deriveSecret: (purpose, id) => secretOf(`${purpose}\n${id}`).toString('base64url').slice(0, 22),
    deployment: async () => deploymentNow.get() ?? null,
    nameDeployment: (name) =>
      queue.run(() => {
        giveName.run(name);
        return deploymentNow.get() ?? name;
      }),

    reserveKeys: async (authors) => {
      for (let from = 0; from < authors.length; from += reserveChunk) {
        const chunk = authors.slice(from, from + reserveChunk);
        await queue.run(
          () => keys.makeMissing(chunk),
          (changes) => {
            keys.apply(changes);
          },
        );
      }
    },

    rememberContact: async (details) => {
      catchUp();
      const unchanged = contacts.unchanged(details);
      if (unchanged !== null) return unchanged;
      const lookups = contacts.lookups(details);
      const { contact } = await queue.run(
        () => {
          catchUp('now');
          return contacts.remember(details, lookups);
        },
        (remembered) => {
          keys.apply(remembered.keys);
          contacts.apply(remembered.contact);
        },
      );
      return contact.contactId;
    },

    contacts: async (ids) => {
      catchUp();
      return contacts.byIds(ids);
    },

    findContact: async (by) => contacts.find(by),

    noteCase: (author, caseNumber) =>
      author === `case:${caseNumber}`
        ? Promise.resolve()
        : queue.runLazily(() => {
            note.run(author, caseNumber);
          }),

    casesOf: async (author) => {
      queue.flush();
      return author.startsWith('case:') ? [author.slice('case:'.length) as CaseNumber] : noted.all(author);
    },

    erase: async (author, at) => {
      await eraseAll(() => {
        catchUp('now');
        const key = keys.ofAuthor(author);
        return key === null ? [] : [{ author, keyId: key.keyId, at }];
      });
      wipeLog();
    },

    erased: async () => keys.erasures().map(({ author, keyId, at }) => ({ author, keyId, at })),

    reapplyErasures: async (list) => {
      await eraseAll(() => list);
      wipeLog();
    },

    close: async () => {
      if (wiping !== null) clearTimeout(wiping);
      if (checkpoints !== null) clearInterval(checkpoints);
      queue.close();
      db.close();
    },
  };
};
