import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describeApiKeysContract, describeVaultContract } from '@city311/testing';
import { openSqliteApiKeys, openSqliteVault } from '@city311/vault';

/** Everything opened on one folder, closed and removed together. */
const onFolder = async <Door extends { close(): Promise<void> }>(open: (folder: string) => Promise<Door>) => {
  const folder = await mkdtemp(join(tmpdir(), 'city311-vault-'));
  const doors: Door[] = [];
  const another = async (): Promise<Door> => {
    const door = await open(folder);
    doors.push(door);
    return door;
  };
  return {
    first: await another(),
    another,
    dispose: async (): Promise<void> => {
      for (const door of doors) await door.close();
      await rm(folder, { recursive: true });
    },
  };
};

describeVaultContract('SQLite', async () => {
  const { first, another, dispose } = await onFolder((folder) => openSqliteVault({ folder }));
  return { vault: first, another, dispose };
});

describeApiKeysContract('SQLite', async () => {
  const { first, another, dispose } = await onFolder((folder) => openSqliteApiKeys({ folder }));
  return { keys: first, another, dispose };
});
