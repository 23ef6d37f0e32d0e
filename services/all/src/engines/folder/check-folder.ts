import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { changeFileMarks, readFileDamage } from '@city311/eventing';
import type { Logger } from '@city311/platform';

import { faultsOfFolder, isForeign, type Follower, type FolderFault, type FolderFacts } from './belongs.js';
import { readFolderFacts } from './read-facts.js';
import { closedPaths } from './rights.js';

/** The files of a data folder do not belong together, or cannot be read; says what to do. Nothing was opened for writing, or made. */
export class FolderError extends RangeError {
  override readonly name = 'FolderError';

  constructor(
    readonly folder: string,
    readonly faults: readonly FolderFault[],
  ) {
    super(
      [
        `The data folder ${folder} cannot be used:`,
        ...faults.map(({ what, todo }) => `  ${what}\n    ${todo}`),
      ].join('\n'),
    );
  }
}

const damageFaults = (folder: string): readonly FolderFault[] =>
  ['events.db', 'vault.db'].flatMap((name) => {
    const damage = readFileDamage(join(folder, name));
    return damage === null
      ? []
      : [
          {
            what: `${name} is damaged: ${damage}`,
            todo: 'keep a copy of the folder, and restore a whole backup: npm run ops -- restore',
          },
        ];
  });

const tries = 5;

/** Looked at again where something is wrong: another process may have been writing between two looks. */
export const faultsIn = (folder: string): readonly FolderFault[] => {
  let faults: readonly FolderFault[] = [];
  for (let tried = 0; tried < tries; tried += 1) {
    faults = damageFaults(folder);
    if (faults.length === 0) faults = faultsOfFolder(readFolderFacts(folder));
    if (faults.length === 0) return faults;
  }
  return faults;
};

const parts = ['', '-wal', '-shm'];
const onEach = (file: string, work: (part: string, suffix: string) => void): void => {
  for (const suffix of parts) if (existsSync(`${file}${suffix}`)) work(`${file}${suffix}`, suffix);
};

/** What can be made anew and is missing, or another folder's; what is done about it, in words. */
export const newsOf = ({ log, views, consumers }: FolderFacts): readonly string[] => {
  if (log === null) return [];
  const why = (file: FolderFacts['views']): string | null => {
    if (file === null) return log.head === 0 ? null : 'is missing';
    if (file.damage !== null) return `is damaged (${file.damage})`;
    return isForeign(file, log) ? 'belongs to another folder' : null;
  };
  const [ofViews, ofConsumers] = [why(views), why(consumers)];
  return [
    ...(ofViews === null ? [] : [`views.db ${ofViews}: all views are built anew from the log`]),
    ...(ofConsumers === null
      ? []
      : [
          `consumers.db ${ofConsumers}: every consumer begins at the first event again, and knows what it has done; ` +
            'what was parked is tried again, and parked again where it still fails',
        ]),
  ];
};

const putAway = (folder: string, { log, views, consumers }: FolderFacts): void => {
  if (log === null) return;
  const isOfNoUse = (file: Follower): boolean => file.damage !== null || isForeign(file, log);
  if (views !== null && isOfNoUse(views))
    onEach(join(folder, 'views.db'), (part) => {
      rmSync(part);
    });
  // It may hold what was parked elsewhere: nobody's to throw away.
  if (consumers !== null && isOfNoUse(consumers)) {
    const aside = join(folder, `consumers.db.set-aside-${Date.now()}`);
    onEach(join(folder, 'consumers.db'), (part, suffix) => {
      renameSync(part, `${aside}${suffix}`);
    });
  }
};

/**
 * Before the engines of a folder are opened: refuses files that do not belong together, and puts away what is made anew.
 * @throws FolderError
 */
export const checkFolder = (folder: string, logger: Logger): void => {
  const closed = closedPaths(folder).map((path) => ({
    what: `${path} cannot be written to`,
    todo: 'start as the user that the folder belongs to, or give it to this one: chown -R, chmod 700',
  }));
  // SQLite would wait for somebody to make room for a reader that may not write.
  if (closed.length > 0) throw new FolderError(folder, closed);
  const faults = faultsIn(folder);
  if (faults.length > 0) throw new FolderError(folder, faults);
  const vault = join(folder, 'vault.db');
  if (!existsSync(vault)) return;
  // Whoever starts at the same moment waits here.
  changeFileMarks(vault, () => {
    const facts = readFolderFacts(folder);
    for (const news of newsOf(facts)) logger.warn({ folder }, news);
    putAway(folder, facts);
    return null;
  });
};
