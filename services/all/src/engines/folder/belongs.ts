import type { FileMarks } from '@city311/eventing';

/** Marks by which the files of a data folder know each other. */
export const markNames = {
  /** Random, the same in all files of a folder. */
  deployment: 'deployment',
  /** `<count>:<random>`: the same in log and vault, another with each start. */
  seal: 'seal',
  /** In the log alone: the seal that is being put into the vault. */
  nextSeal: 'next-seal',
  /** The file is in a backup. */
  copy: 'copy',
  /** In the log alone: where everything was moved to. */
  moved: 'moved-to',
} as const;

/** What the files of a data folder say; each null where it is missing, or was made and never used. */
export interface FolderFacts {
  readonly log: {
    readonly marks: FileMarks;
    readonly head: number;
    /** Something in it was written under a key, or a case number given out. */
    readonly needsVault: boolean;
    /** Of the last block of case numbers, the highest payload; null where none was leased. */
    readonly lastPayload: number | null;
  } | null;
  readonly vault: {
    readonly marks: FileMarks;
    readonly isUsed: boolean;
    /** Keys of the log's newest events that it never had. */
    readonly unknown: readonly string[];
    /** Payload of the highest case number that it has a key for. */
    readonly lastPayload: number | null;
  } | null;
  readonly views: Follower | null;
  readonly consumers: Follower | null;
}

/** A file that can be made anew from the log. */
export interface Follower {
  readonly marks: FileMarks;
  /** Position in the log that it has come to; null where it has not begun, or its places are not the log's. */
  readonly reach: number | null;
  /** Why it cannot be read; null where it can. */
  readonly damage: string | null;
}

/** Why a folder must not be started on, and what to do. */
export interface FolderFault {
  readonly what: string;
  readonly todo: string;
}

const restore = 'put the file back that belongs there, or restore a whole backup: npm run ops -- restore';
const fault = (what: string, todo = restore): FolderFault => ({ what, todo });

export const countOf = (seal: string | undefined): number => Number(seal?.split(':')[0] ?? 0);

/** Whether it was marked to the end, not only begun with. */
export const isMarked = ({ seal }: FileMarks): boolean => seal !== undefined;

const copyFaults = ({ log, vault }: FolderFacts): readonly FolderFault[] =>
  Object.entries({ 'events.db': log, 'vault.db': vault }).flatMap(([name, file]) =>
    file?.marks[markNames.copy] === undefined
      ? []
      : [
          fault(
            `${name} is the copy in a backup, not the file of a system that runs`,
            'a backup is put in place by npm run ops -- restore, into an empty folder',
          ),
        ],
  );

const movedFaults = ({ log }: FolderFacts): readonly FolderFault[] => {
  const target = log?.marks[markNames.moved];
  if (target === undefined) return [];
  return [
    fault(
      `everything here was moved into ${target}; two systems would give out the same case numbers`,
      'start with the settings of the cluster; the way back, as long as it has taken no report: npm run ops -- move --back',
    ),
  ];
};

type Log = NonNullable<FolderFacts['log']>;
type Vault = NonNullable<FolderFacts['vault']>;

const sealFaults = (log: Log, vault: Vault): readonly FolderFault[] => {
  const next = log.marks[markNames.nextSeal];
  const seals = [log.marks[markNames.seal], next];
  const own = vault.marks[markNames.seal];
  if (own !== undefined && seals.includes(own)) return [];
  if (own === undefined && !isMarked(log.marks)) return [];
  if (own === undefined) return [fault('vault.db is older than events.db: it is from before an upgrade')];
  if (!isMarked(log.marks)) return [fault('events.db is older than vault.db: it is from before an upgrade')];
  const [logCount, vaultCount] = [countOf(log.marks[markNames.seal]), countOf(own)];
  if (logCount === vaultCount)
    return [fault('events.db and vault.db were once of one folder, and each went on alone since')];
  return [
    vaultCount < logCount
      ? fault('vault.db is older than events.db: keys, erasures and API keys since are not in it')
      : fault('events.db is older than vault.db: reports since are not in it'),
  ];
};

const pairFaults = (log: Log, vault: Vault): readonly FolderFault[] => {
  const [one, other] = [log.marks[markNames.deployment], vault.marks[markNames.deployment]];
  if (isMarked(log.marks) && isMarked(vault.marks) && one !== other)
    return [fault('vault.db belongs to another events.db')];
  const seals = sealFaults(log, vault);
  if (seals.length > 0) return seals;
  if (vault.unknown.length > 0)
    return [
      fault(`vault.db lacks ${vault.unknown.length} key(s) of the newest events: it is older, or another's`),
    ];
  return vault.lastPayload !== null && vault.lastPayload > (log.lastPayload ?? 0)
    ? [fault('events.db is older than vault.db: case numbers were given out that it does not know of')]
    : [];
};

/** Whether what a follower holds is of this log. */
export const isForeign = (follower: Follower, log: Log): boolean => {
  if (!isMarked(log.marks)) return false;
  const own = follower.marks[markNames.deployment];
  return own === undefined ? follower.reach !== null : own !== log.marks[markNames.deployment];
};

const followerFaults = (facts: FolderFacts, log: Log): readonly FolderFault[] =>
  Object.entries({ 'views.db': facts.views, 'consumers.db': facts.consumers }).flatMap(([name, file]) =>
    file === null || isForeign(file, log) || (file.reach ?? 0) <= log.head
      ? []
      : [fault(`events.db is older than ${name}, which has read further than events.db goes`)],
  );

/** Why nobody may start on these files; empty where they belong together, or there is nothing yet. */
export const faultsOfFolder = (facts: FolderFacts): readonly FolderFault[] => {
  const { log, vault } = facts;
  const stays = [...copyFaults(facts), ...movedFaults(facts)];
  if (stays.length > 0) return stays;
  const hasVault = vault !== null && (isMarked(vault.marks) || vault.isUsed);
  if (log === null || (!isMarked(log.marks) && log.head === 0))
    return hasVault ? [fault('events.db is missing, or empty, beside the vault.db that it belongs to')] : [];
  if (!hasVault)
    return isMarked(log.marks) || log.needsVault
      ? [fault('vault.db is missing, or empty, beside the events.db that it belongs to')]
      : [];
  return [...pairFaults(log, vault), ...followerFaults(facts, log)];
};
