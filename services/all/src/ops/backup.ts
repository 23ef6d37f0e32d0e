import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { backUpSqliteFile, readSqliteLogFacts } from '@city311/eventing';
import { readSqliteErasures } from '@city311/vault';

import { word, type OpsCommand } from './command.js';
import { refuseCluster } from './embedded-only.js';
import { erasuresFile, writeErasures } from './erasures.js';
import { describeFile, manifestFormat, writeManifest, type Manifest } from './manifest.js';

/**
 * In this order. Checkpoints before the log: a consumer may see an event twice, never pass one over. The log before the
 * vault: a key is durable before its first event, so every event of the copy has its key in the copy.
 */
const databases = ['consumers.db', 'events.db', 'vault.db'];
const keyFile = 'master.key';

const isEmpty = async (folder: string): Promise<boolean> =>
  !existsSync(folder) || (await readdir(folder)).length === 0;

/**
 * Copies what cannot be made anew from a data folder that is in use: the log, checkpoints and parked messages, the vault.
 * Views are left out, they are built anew; so are mails, which hold addresses in clear.
 * @throws RangeError  the target holds something, or the source nothing
 */
export const backUp = async (
  from: string,
  to: string,
  { withKey, at }: { readonly withKey: boolean; readonly at: string },
): Promise<Manifest> => {
  if (!existsSync(join(from, 'events.db'))) throw new RangeError(`${from} holds no log: nothing to back up`);
  if (!(await isEmpty(to))) throw new RangeError(`${to} is not empty; a backup needs a folder of its own`);
  await mkdir(to, { recursive: true, mode: 0o700 });
  await chmod(to, 0o700);
  const names: string[] = [];
  for (const name of databases) {
    if (!existsSync(join(from, name))) continue;
    await backUpSqliteFile(join(from, name), join(to, name));
    names.push(name);
  }
  const hasMasterKey = withKey && existsSync(join(from, keyFile));
  if (hasMasterKey) {
    await copyFile(join(from, keyFile), join(to, keyFile));
    await chmod(join(to, keyFile), 0o600);
    names.push(keyFile);
  }
  const erasures = readSqliteErasures(to);
  await writeErasures(join(to, erasuresFile), erasures);
  names.push(erasuresFile);
  const facts = readSqliteLogFacts(to);
  const files = [];
  for (const name of names) files.push(await describeFile(to, name));
  const manifest: Manifest = {
    format: manifestFormat,
    madeAt: at,
    files,
    events: facts?.events ?? 0,
    newestEvent: facts?.newestRecordedTime ?? null,
    categories: [...(facts?.categories ?? [])],
    erasures: erasures.length,
    hasMasterKey,
  };
  await writeManifest(to, manifest);
  return manifest;
};

export const backupCommands: readonly OpsCommand[] = [
  {
    name: 'backup',
    says: 'Copies the data folder of the embedded engines into a new folder, also while they are in use.',
    more: [
      'Log, checkpoints, parked messages and vault, each as it stood at one instant, with checksums. Not in it:',
      'views (built anew at the first start) and copies of mails. With the master key whoever has the backup can',
      'read everything in it: keep it like the vault, or use --without-key and keep master.key elsewhere.',
    ],
    words: ['folder'],
    flags: {
      'without-key': 'leaves master.key out; restore then needs it by --master-key',
      json: 'the manifest',
    },
    run: async (given, { settings, out }) => {
      const config = settings();
      const { DATA_DIR } = config;
      refuseCluster(config);
      const folder = word(given, 'folder');
      const withKey = !given.flags.has('without-key');
      const manifest = await backUp(DATA_DIR, folder, { withKey, at: new Date().toISOString() });
      if (given.flags.has('json')) {
        out.json(manifest);
        return 0;
      }
      out.table(manifest.files.map(({ name, bytes, sha256 }) => [name, `${bytes} bytes`, sha256]));
      out.line(
        `${manifest.events} events, ${manifest.erasures} erasure(s), up to ${manifest.newestEvent ?? 'nothing'}`,
      );
      out.line(
        manifest.hasMasterKey
          ? 'The master key is in it: whoever has this folder can read what people wrote.'
          : 'The master key is not in it: without it nothing that people wrote can be read again.',
      );
      return 0;
    },
  },
];
