import { existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { checkSqliteFile, readSqliteLogFacts, type SqliteLogFacts } from '@city311/eventing';

import { faultsIn, newsOf } from '../../engines/folder/check-folder.js';
import { readFolderFacts } from '../../engines/folder/read-facts.js';
import { mayWrite } from '../../engines/folder/rights.js';
import { isRestoring } from '../../engines/unfinished-restore.js';
import { fault, messageOf, note, warning, type Finding } from './finding.js';

const gigabyte = 1024 ** 3;
const leastBytes = 0.2 * gigabyte;
const scarceBytes = gigabyte;
const keyBytes = 32;
const aheadMs = 5_000;

const databases = ['events.db', 'vault.db', 'consumers.db', 'views.db'];

export interface FolderCheck {
  readonly folder: string;
  /** The master key comes from the settings. */
  readonly keyGiven: boolean;
  /** Read every database whole. */
  readonly deep: boolean;
  readonly now: Date;
}

const checkRights = (folder: string): readonly Finding[] => {
  if (!mayWrite(folder))
    return [
      fault(
        `${folder} cannot be written to`,
        'give it to the user that runs the process: chown and chmod 700',
      ),
    ];
  const closed = readdirSync(folder).filter((name) => !mayWrite(join(folder, name)));
  return [
    ...closed.map((name) =>
      fault(
        `${join(folder, name)} cannot be written to`,
        'give it to the user that runs the process: was a command run here as somebody else?',
      ),
    ),
    // A group may share it: in a cluster volumes are handed over that way.
    ...((statSync(folder).mode & 0o007) === 0
      ? []
      : [warning(`${folder} is open to other users`, `chmod 700 ${folder}`)]),
  ];
};

const checkRoom = (folder: string): readonly Finding[] => {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const said = `${(free / gigabyte).toFixed(1)} GB are free on the disk of ${folder}`;
  const todo = 'make room or give it a larger disk: when it is full no report is taken, and none is lost';
  if (free < leastBytes) return [fault(said, todo)];
  return free < scarceBytes ? [warning(said, todo)] : [];
};

const checkKey = ({ folder, keyGiven }: FolderCheck): readonly Finding[] => {
  const file = join(folder, 'master.key');
  if (!existsSync(file)) {
    return keyGiven || !existsSync(join(folder, 'vault.db'))
      ? []
      : [
          fault(
            `${file} is missing: nothing that people wrote can be read`,
            'put it back from where it is kept; a new one does not open what there is',
          ),
        ];
  }
  const { mode, size } = statSync(file);
  return [
    ...((mode & 0o077) === 0
      ? []
      : [fault(`${file} is open to other users`, `chmod 600 ${file}, and think of the key as seen`)]),
    ...(size === keyBytes
      ? []
      : [fault(`${file} has ${size} bytes, not ${keyBytes}`, 'put it back from where it is kept')]),
  ];
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** Holders are named `pid-<number>`; in a container numbers of other containers mean nothing, so this is a note. */
const checkWriter = ({ writer }: SqliteLogFacts, now: Date): readonly Finding[] => {
  const pid = Number(/^pid-(\d+)$/.exec(writer?.holder ?? '')?.[1]);
  if (writer === null || writer.expiresAt === 0 || !Number.isSafeInteger(pid) || isAlive(pid)) return [];
  const when = writer.expiresAt > now.getTime() ? 'holds the right to write the log' : 'wrote the log last';
  return [
    note(
      `process ${pid} ${when} and has ended without giving it back: it crashed or was killed`,
      'nothing is lost, the next process takes over within seconds; its log says why it ended',
    ),
  ];
};

const checkClock = ({ newestRecordedTime }: SqliteLogFacts, now: Date): readonly Finding[] => {
  const ahead = newestRecordedTime === null ? 0 : Date.parse(newestRecordedTime) - now.getTime();
  return ahead <= aheadMs
    ? []
    : [
        fault(
          `the newest event was recorded ${Math.round(ahead / 1000)} s from now: the clock was set back, or ran ahead`,
          'set the clock and have it kept by a time service',
        ),
      ];
};

const checkLog = ({ folder, now }: FolderCheck): readonly Finding[] => {
  try {
    const facts = readSqliteLogFacts(folder);
    return facts === null ? [] : [...checkWriter(facts, now), ...checkClock(facts, now)];
  } catch (error) {
    return [
      fault(`the log cannot be read: ${messageOf(error)}`, 'restore the backup: npm run ops -- restore'),
    ];
  }
};

/** Whether the files are of one folder and one time; what a start would make anew. */
const checkBelonging = (folder: string): readonly Finding[] => {
  try {
    const faults = faultsIn(folder);
    if (faults.length > 0) return faults.map(({ what, todo }) => fault(what, todo));
    return [...newsOf(readFolderFacts(folder)).map((news) => note(news, 'nothing: the next start does it'))];
  } catch (error) {
    return [
      fault(
        `the files cannot be compared: ${messageOf(error)}`,
        'npm run ops -- doctor --deep says which is damaged; restore the backup: npm run ops -- restore',
      ),
    ];
  }
};

const checkDatabases = (folder: string): readonly Finding[] =>
  databases.flatMap((name) => {
    const file = join(folder, name);
    if (!existsSync(file)) return [];
    try {
      checkSqliteFile(file);
      return [];
    } catch (error) {
      const todo =
        name === 'views.db'
          ? 'stop the process and delete it with its -wal and -shm: views are built anew at the next start'
          : 'stop the process, keep a copy, and restore the backup: npm run ops -- restore';
      return [fault(`${file} is damaged: ${messageOf(error)}`, todo)];
    }
  });

/** Whether the folder holds a log, so that engines may be opened on it without making one. */
export const hasLog = (folder: string): boolean => existsSync(join(folder, 'events.db'));

/** The data folder of the embedded engines; changes nothing in it. */
export const checkFolder = (check: FolderCheck): readonly Finding[] => {
  const { folder, deep } = check;
  if (!existsSync(folder))
    return [note(`${folder} does not exist yet`, 'the first start makes it; is DATA_DIR what you mean?')];
  if (!statSync(folder).isDirectory())
    return [fault(`${folder} is no folder`, 'DATA_DIR must name a folder')];
  if (!mayWrite(folder)) return checkRights(folder);
  return [
    ...(isRestoring(folder)
      ? [
          fault(
            `a restore into ${folder} is under way or broke off`,
            'wait for it; if nobody is restoring, empty the folder and restore again',
          ),
        ]
      : []),
    ...checkRights(folder),
    ...checkRoom(folder),
    ...checkKey(check),
    ...checkLog(check),
    ...checkBelonging(folder),
    ...(existsSync(join(folder, 'move.json'))
      ? [
          note(
            'a move into other engines was begun and not ended',
            'npm run ops -- move --to-cluster goes on with it',
          ),
        ]
      : []),
    ...(deep ? checkDatabases(folder) : []),
  ];
};
