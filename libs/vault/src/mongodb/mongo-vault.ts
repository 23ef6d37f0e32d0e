import type { CaseNumber } from '@city311/kernel';
import { askMongo, insertNew } from '@city311/scheduling';
import type { Connection } from 'mongoose';

import { keyIdIn, protectText, revealText } from '../cipher.js';
import { keyedHasher } from '../keyed-hash.js';
import { redact } from '../redact/redact.js';
import { turns } from '../turns.js';
import type { Vault } from '../vault.js';
import { CaseNotes } from './case-notes.js';
import { ContactStore } from './contact-store.js';
import { openVaultCollections } from './documents.js';
import type { DeploymentDocument, VaultCollections } from './documents.js';
import { createErasing } from './erasing.js';
import { KeyStore } from './key-store.js';
import { MasterKeys } from './master-keys.js';
import { rewrap } from './rewrap.js';
import { openSecrets } from './secrets.js';
import type { Secrets } from './secrets.js';

export interface MongoVaultOptions {
  /** Of mongoose; stays the caller's to close. */
  readonly connection: Connection;
  /** 32 bytes, see `readMasterKey`; never in the database. New keys are wrapped by it. */
  readonly masterKey: Uint8Array;
  /** Open what they have wrapped, until `rewrapKeys` has been through. */
  readonly olderMasterKeys?: readonly Uint8Array[];
}

export interface MongoVault extends Vault {
  /**
   * Wraps by the current master key what older ones have wrapped, while the vault is in use; from then on those are
   * of no use. Every process must know the new master key first. Returns how many keys were wrapped anew.
   */
  rewrapKeys(): Promise<number>;
}

/**
 * The vault in MongoDB, for any number of processes. A write is in the journals of a majority before it resolves, and
 * nothing is kept in memory: what was erased anywhere is revealed nowhere by a call that begins after that.
 * Every call throws TransientError where the server is away or has no majority.
 * @throws RangeError  a master key has not 32 bytes
 * @throws Error  the master key is not that of this vault
 */
export const openMongoVault = async (options: MongoVaultOptions): Promise<MongoVault> => {
  const masterKeys = new MasterKeys(options.masterKey, options.olderMasterKeys);
  const collections = await openVaultCollections(options.connection);
  return askMongo('the vault could not be opened', async () => {
    const secrets = await openSecrets(collections, masterKeys);
    await createErasing(collections).endPending();
    return mongoVault(collections, masterKeys, secrets);
  });
};

const read = <Answer>(work: () => Promise<Answer>) => askMongo('the vault could not be read', work);
const write = <Answer>(work: () => Promise<Answer>) => askMongo('the vault could not write', work);

const mongoVault = (collections: VaultCollections, masterKeys: MasterKeys, secrets: Secrets): MongoVault => {
  const keys = new KeyStore(collections, masterKeys);
  const contacts = new ContactStore(collections, keys, secrets.lookupKey);
  const notes = new CaseNotes(collections);
  const erasing = createErasing(collections);
  const secretOf = keyedHasher(secrets.derivingKey);

  return {
    protect: (author, texts) =>
      write(async () => {
        const key = await keys.keyOf(author);
        return texts.map((text) => protectText(key, text));
      }),

    protectWritten: (author, text) =>
      write(async () => {
        const key = await keys.keyOf(author);
        await turns.next();
        const original = protectText(key, text);
        const open = redact(text);
        return { original, redacted: open === text ? original : protectText(key, open) };
      }),

    reveal: (texts) =>
      read(async () => {
        const keyIds = texts.map(keyIdIn);
        const found = await keys.ofIds([...new Set(keyIds)]);
        return texts.map((text, index) => {
          const key = found.get(keyIds[index] ?? '') ?? null;
          return key === null ? null : revealText(key, text);
        });
      }),

    keyIdOf: (author) => read(async () => (await keys.ofAuthor(author))?.keyId ?? null),

    deriveSecret: (purpose, id) => secretOf(`${purpose}\n${id}`).toString('base64url').slice(0, 22),

    deployment: () =>
      read(async () => (await collections.deployment.findOne({ _id: 'deployment' }))?.name ?? null),
    nameDeployment: (name) =>
      write(async () => {
        await insertNew<DeploymentDocument>(collections.deployment, [{ _id: 'deployment', name }]);
        return (await collections.deployment.findOne({ _id: 'deployment' }))?.name ?? name;
      }),

    reserveKeys: (authors) =>
      write(async () => {
        await keys.make(authors);
      }),

    rememberContact: (details) => write(() => contacts.remember(details)),
    contacts: (ids) => read(() => contacts.byIds(ids)),
    findContact: (by) => read(() => contacts.find(by)),

    noteCase: (author, caseNumber) =>
      author === `case:${caseNumber}` ? Promise.resolve() : notes.add(author, caseNumber),

    casesOf: (author) =>
      author.startsWith('case:')
        ? Promise.resolve([author.slice('case:'.length) as CaseNumber])
        : read(() => notes.casesOf(author)),

    erase: (author, at) => write(async () => erasing.erase(author, await keys.ofAuthor(author), at)),
    erased: () => read(() => erasing.erased()),
    reapplyErasures: (list) => write(() => erasing.eraseAll(list)),
    rewrapKeys: () => write(() => rewrap(collections, masterKeys, secrets)),

    close: async () => {
      await Promise.all([notes.close(), contacts.close()]);
      await keys.close();
    },
  };
};
