import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, readdir, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import Database from 'better-sqlite3';

import { TransientError, type ProtectedText } from '@city311/kernel';
import { openSqliteVault } from '@city311/vault';

import { openVaultDatabase } from './database.js';

const at = '2026-01-05T08:00:00.000Z';
const jo = { email: 'jo@example.org', phone: '617-555-0142', consent: true, language: 'en' };
let folder: string;
const keyFile = () => join(folder, 'master.key');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'city311-vault-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Makes a vault with one text and closes it. */
const madeOnce = async () => {
  const vault = await openSqliteVault({ folder });
  const [text] = await vault.protect('case:260000012345', ['a hole']);
  await vault.close();
  return text === undefined ? [] : [text];
};

describe('the master key', () => {
  it('is made once, for the owner alone, and serves the next start', async () => {
    const texts = await madeOnce();
    expect((await stat(keyFile())).mode & 0o777).toBe(0o600);
    expect((await stat(keyFile())).size).toBe(32);
    expect((await stat(join(folder, 'vault.db'))).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(['master.key', 'vault.db']);
    const vault = await openSqliteVault({ folder });
    expect(await vault.reveal(texts)).toEqual(['a hole']);
    await vault.close();
  });

  it('is the same for all who start at once on an empty folder', async () => {
    const vaults = await Promise.all(Array.from({ length: 4 }, () => openSqliteVault({ folder })));
    const texts = await vaults[0]?.protect('staff:roads', ['seen']);
    for (const vault of vaults) {
      expect(await vault.reveal(texts ?? [])).toEqual(['seen']);
      await vault.close();
    }
  });

  it.each([0o644, 0o640, 0o604])('is refused when others may read it (mode %o)', async (mode) => {
    await madeOnce();
    await chmod(keyFile(), mode);
    await expect(openSqliteVault({ folder })).rejects.toThrow(
      /master\.key is open to other users.*chmod 600/,
    );
  });

  it('is refused when it has another size, and never replaced', async () => {
    await madeOnce();
    await writeFile(keyFile(), 'short');
    await expect(openSqliteVault({ folder })).rejects.toThrow('master.key has 5 bytes, not 32');
    await unlink(keyFile());
    await expect(openSqliteVault({ folder })).rejects.toThrow(/master\.key is missing/);
    expect(await readdir(folder)).not.toContain('master.key');
  });

  it('is refused when it is that of another vault, and the message does not show it', async () => {
    await madeOnce();
    const other = randomBytes(32);
    await writeFile(keyFile(), other);
    const thrown: unknown = await openSqliteVault({ folder }).catch((error: unknown) => error);
    expect(inspect(thrown)).toMatch(/master\.key is not the key that vault\.db was made with/);
    expect(inspect(thrown, { showHidden: true, depth: 9 })).not.toContain(other.toString('hex').slice(0, 12));
    await expect(openSqliteVault({ folder, masterKey: other })).rejects.toThrow(/is not the key/);
  });

  it('may be given instead, and then no file is made', async () => {
    const masterKey = randomBytes(32);
    await (await openSqliteVault({ folder, masterKey })).close();
    expect(await readdir(folder)).toEqual(['vault.db']);
    await expect(openSqliteVault({ folder })).rejects.toThrow(/is missing/);
    await expect(openSqliteVault({ folder, masterKey: randomBytes(16) })).rejects.toThrow('16 bytes, not 32');
  });
});

describe('vault.db', () => {
  it('is synced on every commit and overwrites what is deleted, at each opening', () => {
    for (let opening = 0; opening < 2; opening += 1) {
      const db = openVaultDatabase(folder);
      expect(db.pragma('synchronous', { simple: true })).toBe(2);
      expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
      expect(db.pragma('secure_delete', { simple: true })).toBe(1);
      db.close();
    }
  });

  it('holds nothing in clear, and after erasing not even the wrapped key, record or hashes', async () => {
    const vault = await openSqliteVault({ folder });
    const id = await vault.rememberContact(jo);
    const [text] = await vault.protect(`contact:${id}`, ['a hole']);
    const bytes = async () =>
      Buffer.concat(
        await Promise.all(
          (await readdir(folder))
            .filter((name) => name.startsWith('vault.db'))
            .map((name) => readFile(join(folder, name))),
        ),
      );
    const reader = new Database(join(folder, 'vault.db'), { readonly: true });
    const secrets = [
      'SELECT wrapped FROM keys',
      'SELECT details FROM contacts',
      'SELECT hash FROM lookups',
    ].flatMap((sql) => reader.prepare<[], Buffer>(sql).pluck().all());
    reader.close();
    expect(secrets).toHaveLength(4);
    const before = await bytes();
    for (const secret of secrets) expect(before.includes(secret)).toBe(true);
    for (const clear of ['jo@example.org', '5550142', '555-0142', 'a hole'])
      expect(before.includes(clear)).toBe(false);
    await vault.erase(`contact:${id}`, at);
    const after = await bytes();
    for (const secret of secrets) expect(after.includes(secret)).toBe(false);
    await vault.close();
    const next = await openSqliteVault({ folder });
    expect(await next.reveal(text === undefined ? [] : [text])).toEqual([null]);
    await next.close();
  });

  it('that cannot be used fails with nothing private in the error, leaves nothing half done and goes on once it can', async () => {
    const vault = await openSqliteVault({ folder });
    const other = new Database(join(folder, 'vault.db'));
    other.exec('ALTER TABLE lookups RENAME TO hidden');
    const thrown: unknown = await vault.rememberContact(jo).catch((error: unknown) => error);
    const alsoThrown: unknown = await vault.erase('contact:nobody', at).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(TransientError);
    expect(alsoThrown).toBeUndefined();
    const said = inspect(thrown, { showHidden: true, depth: 9 });
    for (const secret of ['jo@', 'example.org', '0142', '617']) expect(said).not.toContain(secret);
    other.exec('ALTER TABLE hidden RENAME TO lookups');
    const id = await vault.rememberContact(jo);
    other.exec('ALTER TABLE keys RENAME TO hidden');
    const [first] = await Promise.allSettled([
      vault.protect('case:1', ['a hole']),
      vault.reserveKeys(['case:2']),
    ]);
    expect(first.status).toBe('rejected');
    expect(inspect(first, { showHidden: true, depth: 9 })).not.toContain('a hole');
    other.exec('ALTER TABLE hidden RENAME TO keys');
    expect(await vault.keyIdOf('case:1')).toBeNull();
    expect((await vault.contacts([id])).size).toBe(1);
    other.close();
    await vault.close();
    await expect(vault.reserveKeys(['case:3'])).rejects.toThrow(TransientError);
  });

  it('erases the key that there is, not the one that this process remembers', async () => {
    const [one, two] = [await openSqliteVault({ folder }), await openSqliteVault({ folder })];
    await one.protect('case:1', ['first']);
    await two.erase('case:1', at);
    const [second = ''] = await two.protect('case:1', ['second']);
    await one.erase('case:1', at);
    expect(await two.reveal([second as ProtectedText])).toEqual([null]);
    expect(await two.erased()).toHaveLength(2);
    await Promise.all([one.close(), two.close()]);
  });

  it('does nothing more once it is closed while somebody else still reads what was to be wiped', async () => {
    const vault = await openSqliteVault({ folder });
    await vault.protect('case:1', ['a hole']);
    const reader = openVaultDatabase(folder);
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM keys').get();
    const begun = jest.spyOn(globalThis, 'setTimeout');
    const ended = jest.spyOn(globalThis, 'clearTimeout');
    await vault.erase('case:1', at);
    const again = begun.mock.results.flatMap(({ value }, call) =>
      begun.mock.calls[call]?.[1] === 500 ? [value] : [],
    );
    expect(again).toHaveLength(1);
    await vault.close();
    expect(ended.mock.calls.map(([timer]) => timer)).toContain(again[0]);
    begun.mockRestore();
    ended.mockRestore();
    reader.close();
  }, 40_000);
});
