import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it, jest } from '@jest/globals';
import mongoose from 'mongoose';

import type { CaseNumber } from '@city311/kernel';
import { describeWithMongo } from '@city311/testing';
import {
  copySqliteVault,
  openMongoApiKeys,
  openMongoVault,
  openSqliteApiKeys,
  openSqliteVault,
  readMasterKey,
  type Author,
} from '@city311/vault';

// The stand-in is slow to start and to look many keys up.
jest.setTimeout(60_000);

const at = '2026-01-05T08:00:00.000Z';
const jo = { email: 'jo@example.org', phone: '617-555-0142', consent: true, language: 'en' };
const author: Author = 'case:260000012345';

/** A folder with everything that a vault can hold. */
const filled = async (folder: string) => {
  const vault = await openSqliteVault({ folder });
  const keys = await openSqliteApiKeys({ folder });
  await vault.reserveKeys(Array.from({ length: 520 }, (_, n): Author => `case:${260000020000 + n}`));
  const kept = await vault.protect(author, ['kept']);
  const gone = await vault.protect('staff:roads', ['gone']);
  await vault.erase('staff:roads', at);
  const id = await vault.rememberContact(jo);
  const byPhone = await vault.rememberContact({ phone: '617-555-0199', consent: false, language: 'es' });
  await vault.noteCase(`contact:${id}`, '260000012345' as CaseNumber);
  const made = {
    texts: [...kept, ...gone],
    id,
    byPhone,
    link: vault.deriveSecret('unsubscribe', id),
    key: await keys.create('mobile', 'channel', at, { system: 'crm' }),
    erased: await vault.erased(),
  };
  await vault.close();
  await keys.close();
  return made;
};

await describeWithMongo('A folder copied into MongoDB', ({ url }) => {
  const inBoth = async (test: (folder: string, connection: mongoose.Connection) => Promise<void>) => {
    const folder = await mkdtemp(join(tmpdir(), 'city311-vault-'));
    const dbName = `vault_${randomUUID().slice(0, 8)}`;
    const connection = await mongoose.createConnection(url, { dbName }).asPromise();
    try {
      await test(folder, connection);
    } finally {
      await connection.dropDatabase();
      await connection.close();
      await rm(folder, { recursive: true });
    }
  };

  it('reveals what was readable there, keeps the erased erased, and people, links and API keys good', () =>
    inBoth(async (folder, connection) => {
      const made = await filled(folder);
      const masterKey = randomBytes(32);
      const counts = { keys: 523, contacts: 2, erasures: 1, caseNotes: 1, apiKeys: 1 };
      expect(await copySqliteVault({ folder, connection, masterKey })).toEqual(counts);
      expect(await copySqliteVault({ folder, connection, masterKey })).toEqual(counts);
      const vault = await openMongoVault({ connection, masterKey });
      expect(await vault.reveal(made.texts)).toEqual(['kept', null]);
      expect(await vault.erased()).toEqual(made.erased);
      expect(await vault.rememberContact(jo)).toBe(made.id);
      expect(await vault.findContact({ phone: '617-555-0199' })).toBe(made.byPhone);
      expect((await vault.contacts([made.id])).get(made.id)).toEqual({ ...jo, contactId: made.id });
      expect(await vault.casesOf(`contact:${made.id}`)).toEqual(['260000012345']);
      expect(vault.deriveSecret('unsubscribe', made.id)).toBe(made.link);
      const keys = await openMongoApiKeys({ connection });
      expect(await keys.verify(made.key)).toEqual({ name: 'mobile', role: 'channel', system: 'crm' });
    }));

  it('brings back nobody who was erased in MongoDB since', () =>
    inBoth(async (folder, connection) => {
      const made = await filled(folder);
      const masterKey = readMasterKey({ file: join(folder, 'master.key') });
      await copySqliteVault({ folder, connection, masterKey });
      const vault = await openMongoVault({ connection, masterKey });
      await vault.erase(author, at);
      await vault.erase(`contact:${made.id}`, at);
      const again = await copySqliteVault({ folder, connection, masterKey });
      expect(again).toMatchObject({ keys: 521, contacts: 1 });
      expect(await vault.reveal(made.texts)).toEqual([null, null]);
      expect(await vault.findContact({ email: jo.email })).toBeNull();
    }));

  it('brings over, called again, what has changed in the folder since', () =>
    inBoth(async (folder, connection) => {
      const made = await filled(folder);
      const masterKey = randomBytes(32);
      await copySqliteVault({ folder, connection, masterKey });
      const source = await openSqliteVault({ folder });
      await source.erase(author, at);
      await source.rememberContact({ ...jo, firstName: 'Jo' });
      const email = 'sam@example.org';
      await source.rememberContact({ phone: '617-555-0199', email, consent: false, language: 'es' });
      const fresh = await source.protect('staff:parks', ['fresh']);
      await source.close();
      const sourceKeys = await openSqliteApiKeys({ folder });
      await sourceKeys.revoke('mobile');
      await sourceKeys.close();
      await copySqliteVault({ folder, connection, masterKey });
      const vault = await openMongoVault({ connection, masterKey });
      expect(await vault.reveal([...made.texts, ...fresh])).toEqual([null, null, 'fresh']);
      expect((await vault.contacts([made.id])).get(made.id)?.firstName).toBe('Jo');
      expect(await vault.findContact({ email })).toBe(made.byPhone);
      const keys = await openMongoApiKeys({ connection });
      expect(await keys.verify(made.key)).toBeNull();
    }));

  it('is refused over a vault that is in use, or from a folder without one', () =>
    inBoth(async (folder, connection) => {
      const masterKey = randomBytes(32);
      await expect(copySqliteVault({ folder, connection, masterKey })).rejects.toThrow(
        'there is no vault.db',
      );
      await filled(folder);
      const vault = await openMongoVault({ connection, masterKey });
      await vault.protect(author, ['here first']);
      await expect(copySqliteVault({ folder, connection, masterKey })).rejects.toThrow(
        'keys of another vault',
      );
    }));
});
