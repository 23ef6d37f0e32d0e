import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from '@jest/globals';

import { readSqliteErasures } from './erasures-in.js';
import { openSqliteVault } from './sqlite-vault.js';

it('Erasures of a folder are read without its master key, also beside whoever has it open', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vault-'));
  expect(readSqliteErasures(folder)).toEqual([]);
  const vault = await openSqliteVault({ folder });
  await vault.protect('case:260000000014', ['a deep hole']);
  await vault.erase('case:260000000014', '2026-06-01T12:00:00.000Z');
  await rm(join(folder, 'master.key'));
  expect(readSqliteErasures(folder)).toEqual(await vault.erased());
  expect(await vault.erased()).toHaveLength(1);
  await vault.close();
  await rm(folder, { recursive: true, force: true });
});
