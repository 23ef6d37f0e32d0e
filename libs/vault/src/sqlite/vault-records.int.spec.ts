import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { CaseNumber } from '@city311/kernel';

import type { VaultRecord } from '../records.js';
import { openSqliteApiKeys } from './sqlite-api-keys.js';
import { openSqliteVault } from './sqlite-vault.js';
import { openSqliteVaultImport, readSqliteErasures, readSqliteVaultRecords } from './vault-records.js';

const at = '2026-06-01T12:00:00.000Z';
const email = 'rosa@example.org';
const person = { email, phone: '617 555 0100', consent: true, language: 'en' };

describe('Records of a vault', () => {
  let from = '';
  let to = '';
  beforeEach(async () => {
    from = await mkdtemp(join(tmpdir(), 'vault-'));
    to = await mkdtemp(join(tmpdir(), 'vault-'));
  });
  afterEach(async () => {
    await rm(from, { recursive: true, force: true });
    await rm(to, { recursive: true, force: true });
  });

  const move = async (): Promise<void> => {
    await copyFile(join(from, 'master.key'), join(to, 'master.key'));
    const target = await openSqliteVaultImport({ folder: to });
    for (const batch of readSqliteVaultRecords(from, 2)) await target.take(batch);
    await target.close();
  };

  it('taken into another vault read there as they read here', async () => {
    const vault = await openSqliteVault({ folder: from });
    const id = await vault.rememberContact(person);
    const texts = await vault.protect(`contact:${id}`, ['a deep hole']);
    await vault.noteCase(`contact:${id}`, '260000000014' as CaseNumber);
    const secret = vault.deriveSecret('tracking', '260000000014');
    const keys = await openSqliteApiKeys({ folder: from });
    const key = await keys.create('web', 'channel', at);
    await move();
    await move();

    const moved = await openSqliteVault({ folder: to });
    expect(await moved.reveal(texts)).toEqual(['a deep hole']);
    expect(await moved.findContact({ email })).toBe(id);
    expect(await moved.findContact({ phone: '6175550100' })).toBe(id);
    expect((await moved.contacts([id])).get(id)).toMatchObject({ email });
    expect(await moved.casesOf(`contact:${id}`)).toEqual(['260000000014']);
    expect(moved.deriveSecret('tracking', '260000000014')).toBe(secret);
    const movedKeys = await openSqliteApiKeys({ folder: to });
    expect(await movedKeys.verify(key)).toMatchObject({ name: 'web', role: 'channel' });
    for (const one of [vault, moved, keys, movedKeys]) await one.close();
  });

  it('carry an erasure along, also where the key was moved before', async () => {
    const vault = await openSqliteVault({ folder: from });
    const id = await vault.rememberContact(person);
    const texts = await vault.protect(`contact:${id}`, ['a deep hole']);
    await move();
    await vault.erase(`contact:${id}`, at);
    const again = await vault.rememberContact(person);
    await vault.close();
    await move();

    const moved = await openSqliteVault({ folder: to });
    expect(await moved.reveal(texts)).toEqual([null]);
    expect(await moved.findContact({ email })).toBe(again);
    expect((await moved.contacts([id])).size).toBe(0);
    await moved.close();
    expect(readSqliteErasures(to)).toEqual(readSqliteErasures(from));
  });

  it('are not taken by a vault of another master key', async () => {
    await (await openSqliteVault({ folder: from })).close();
    await (await openSqliteVault({ folder: to })).close();
    const target = await openSqliteVaultImport({ folder: to });
    const [facts = []]: (readonly VaultRecord[])[] = [...readSqliteVaultRecords(from)];
    await expect(target.take(facts)).rejects.toThrow(/another master key/);
    await target.close();
  });
});
