import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { expect, it } from '@jest/globals';
import Database from 'better-sqlite3';

import { openVaultDatabase, watchOtherWriters } from './database.js';
import { openSqliteApiKeys } from './sqlite-api-keys.js';

it('opens a file from before keys spoke for systems, expired and were replaced, and its keys do none of that', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'city311-vault-'));
  const file = join(folder, 'vault.db');
  try {
    const made = await openSqliteApiKeys({ folder });
    const key = await made.create('mobile', 'channel', '2026-01-05T08:00:00.000Z');
    await made.close();
    const older = new Database(file);
    for (const column of ['system', 'expires_at', 'rate', 'last_used_at', 'retiring_hash', 'retiring_until'])
      older.exec(`ALTER TABLE api_keys DROP COLUMN ${column}`);
    older.close();
    const keys = await openSqliteApiKeys({ folder });
    expect(await keys.verify(key)).toEqual({ name: 'mobile', role: 'channel' });
    await keys.create('crm', 'channel', '2026-01-05T08:00:00.000Z', { system: 'crm' });
    expect(
      await keys.rotate('mobile', '2026-01-05T08:00:00.000Z', '2026-01-06T08:00:00.000Z'),
    ).not.toBeNull();
    expect(await keys.list()).toMatchObject([{ name: 'crm', system: 'crm' }, { name: 'mobile' }]);
    await keys.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('looks for other writers once in a turn, and at once where it must', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'city311-vault-'));
  const [own, other] = [openVaultDatabase(folder), openVaultDatabase(folder)];
  try {
    const othersHaveWritten = watchOtherWriters(own);
    const write = (name: string) => other.prepare('INSERT INTO facts VALUES (?, ?)').run(name, 'x');
    expect(othersHaveWritten()).toBe(false);
    write('a');
    expect(othersHaveWritten()).toBe(false);
    await nextTurn();
    expect(othersHaveWritten()).toBe(true);
    write('b');
    expect(othersHaveWritten()).toBe(false);
    expect(othersHaveWritten('now')).toBe(true);
    expect(othersHaveWritten('now')).toBe(false);
    await nextTurn();
    expect(othersHaveWritten()).toBe(false);
  } finally {
    own.close();
    other.close();
    await rm(folder, { recursive: true });
  }
});
