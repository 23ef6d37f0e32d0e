import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { checkSqliteFile } from '@city311/eventing';
import { skipCaseNumbers } from '@city311/intake';

import type { Config } from '../config.js';
import { word, type Given, type Ops, type OpsCommand } from './command.js';
import { refuseCluster } from './embedded-only.js';
import { applyErasures, erasuresFile, readErasures } from './erasures.js';
import { checkBackup, type Manifest } from './manifest.js';
import { untoldLines } from './tell-cases.js';
import { withEngines } from './open.js';
import { unmarkCopies } from '../engines/folder/seal-folder.js';
import { restoringFolder } from '../engines/unfinished-restore.js';

const keyFile = 'master.key';
/** The last to be put in its place: without a log nobody takes the folder for a system. */
const last = 'events.db';

const checkTarget = async (folder: string): Promise<void> => {
  if (!existsSync(folder)) return;
  const inside = (await readdir(folder)).filter((name) => name !== 'lost+found');
  if (inside.length === 0) return;
  if (inside.length === 1 && inside[0] === restoringFolder) {
    // An earlier try broke off before anything was in its place.
    await rm(join(folder, restoringFolder), { recursive: true });
    return;
  }
  throw new RangeError(`${folder} is not empty; a backup is restored into an empty folder only (DATA_DIR)`);
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const copyAll = async (
  from: string,
  to: string,
  { files }: Manifest,
  masterKey: string | undefined,
): Promise<void> => {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const { name } of files) {
    if (name === erasuresFile) continue;
    await copyFile(join(from, name), join(to, name));
    await chmod(join(to, name), 0o600);
    if (name.endsWith('.db')) checkSqliteFile(join(to, name));
  }
  if (masterKey === undefined) return;
  await copyFile(masterKey, join(to, keyFile));
  await chmod(join(to, keyFile), 0o600);
};

/** Everything that was made ready moves to where a start looks for it. */
const putInPlace = async (from: string, to: string): Promise<void> => {
  // Leftovers of the work: views are built anew, sockets belong to whoever listened.
  for (const name of await readdir(from))
    if (/^views\.db|\.sock$/.test(name)) await rm(join(from, name), { force: true });
  const names = (await readdir(from)).filter((name) => !name.startsWith(last));
  for (const name of names) await rename(join(from, name), join(to, name));
  for (const name of await readdir(from)) await rename(join(from, name), join(to, name));
  await syncFolder(to);
  await rm(from, { recursive: true });
  await syncFolder(to);
};

const run = async (given: Given, { settings, out }: Ops): Promise<number> => {
  const config: Config = settings();
  refuseCluster(config);
  const [backup, target] = [word(given, 'folder'), config.DATA_DIR];
  const masterKey = given.texts['master-key'];
  const manifest = await checkBackup(backup);
  if (masterKey !== undefined && !existsSync(masterKey)) throw new RangeError(`there is no ${masterKey}`);
  if (!manifest.hasMasterKey && masterKey === undefined)
    throw new RangeError('the backup was made without its master key: give it with --master-key FILE');
  const newer = given.texts['erasures'] === undefined ? [] : await readErasures(given.texts['erasures']);
  const own = await readErasures(join(backup, erasuresFile));
  await checkTarget(target);

  const ready = join(target, restoringFolder);
  await mkdir(target, { recursive: true, mode: 0o700 });
  await copyAll(backup, ready, manifest, masterKey);
  unmarkCopies(
    ready,
    manifest.files.flatMap(({ name }) => (name.endsWith('.db') ? [name] : [])),
  );
  // The views that it lacks are no news: they are thrown away again.
  const quietly: Config = { ...config, DATA_DIR: ready, LOG_LEVEL: 'silent' };
  const { applied, skipped } = await withEngines(quietly, async (engines) => {
    const { store, clock, city } = engines;
    return {
      applied: await applyErasures([...own, ...newer], engines),
      skipped: await skipCaseNumbers(store, clock.now().toISOString(), city.jurisdiction),
    };
  });
  await putInPlace(ready, target);
  out.line(`Restored ${manifest.events} events of ${manifest.madeAt} into ${target}.`);
  out.line(
    `${applied.erasures} erasure(s) were applied before anything may start; ${applied.cases} case(s) told.`,
  );
  for (const line of untoldLines(applied.untold)) out.line(line);
  out.line(
    `${skipped} case numbers are left out: the system before may have given them out after the backup.`,
  );
  out.line('Views are built anew at the first start. What happened after the backup is not in it.');
  return 0;
};

export const restoreCommands: readonly OpsCommand[] = [
  {
    name: 'restore',
    says: 'Puts a backup into the empty folder DATA_DIR, and erases again whoever was erased since, before any start.',
    more: [
      '--erasures is a file of erasures export, a newer backup, or the data folder that is to be replaced (it is only',
      'read). Without it people who were erased after the backup would come back: where there were none, say so by',
      '--nobody-erased-since. A damaged backup is refused.',
    ],
    words: ['folder'],
    texts: { erasures: 'FILE', 'master-key': 'FILE' },
    flags: { 'nobody-erased-since': 'nobody was erased after the backup was made' },
    faultsOf: ({ texts, flags }) =>
      (texts['erasures'] === undefined) === flags.has('nobody-erased-since')
        ? []
        : ['one of --erasures FILE and --nobody-erased-since is needed, not both'],
    run,
  },
];
