import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { expect, it } from '@jest/globals';

import { openVaultDatabase, watchOtherWriters } from './database.js';

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
