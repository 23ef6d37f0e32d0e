import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { z } from 'zod';

import { openSqliteEventStore, readSqliteLogFacts, type EventStore } from '@city311/eventing';
import type { Position } from '@city311/kernel';

import { openMoveTarget } from '../engines/move-target.js';
import type { OpsCommand } from './command.js';
import { categories as known } from './open.js';
import { compareLogs } from './compare-logs.js';
import { markMoved, moveBack } from './move-back.js';
import { moveLog } from './move-log.js';
import type { Output } from './output.js';

/** Engines that a folder of the embedded ones is moved into. */
export interface MoveTarget {
  /** Tells one target from another, without credentials. */
  readonly name: string;
  readonly store: EventStore;
  /** Copies keys, contacts, erasures and API keys of the folder's vault, and compares; may be called again. */
  copyVault(folder: string): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

const stateFile = 'move.json';
const stateShape = z.object({ target: z.string(), position: z.string(), moved: z.number() });
/** The lease of a writer that was killed runs out by itself within this. */
const leaseRunsOutMs = 6_000;

interface Progress {
  /** Null at the beginning. */
  readonly position: Position | null;
  readonly moved: number;
}

/** How far an earlier try into the same target came. */
const readState = (folder: string, target: string): Progress => {
  const file = join(folder, stateFile);
  const state = existsSync(file) ? stateShape.safeParse(JSON.parse(readFileSync(file, 'utf8'))) : null;
  return state?.success === true && state.data.target === target
    ? { position: state.data.position as Position, moved: state.data.moved }
    : { position: null, moved: 0 };
};

const writeState = (folder: string, target: string, progress: Progress): void => {
  if (progress.position === null) return;
  const file = join(folder, stateFile);
  writeFileSync(`${file}.draft`, JSON.stringify({ target, ...progress }), { mode: 0o600 });
  renameSync(`${file}.draft`, file);
};

/** Whether somebody writes to the folder now; one that was killed a moment ago is told from one that lives by waiting. */
const isInUse = async (folder: string): Promise<boolean> => {
  const expiresAt = (): number => readSqliteLogFacts(folder)?.writer?.expiresAt ?? 0;
  const deadline = Date.now() + leaseRunsOutMs;
  while (expiresAt() > Date.now()) {
    if (Date.now() > deadline) return true;
    await sleep(250);
  }
  return false;
};

/** What an operator does after a move. */
const nextSteps = (folder: string): readonly string[] => [
  '',
  'Next:',
  `  1. Keep ${folder}: it is the way back until the cluster takes reports (move --back). Nobody starts on it before that.`,
  '  2. Start the services with the settings of this command, KAFKA_BROKERS among them: the relay fills the topics,',
  '     consumers and views begin at the first event. What was parked in the folder is tried again by that.',
  '  3. npm run ops -- lag until every lag is 0, then npm run ops -- doctor. The API keys of the folder are good there.',
  ...(existsSync(join(folder, 'mail'))
    ? [`  4. Copies of mails stay in ${join(folder, 'mail')}; they hold addresses in clear: delete them.`]
    : []),
  '  Then let the channels in. What the cluster has taken by then does not come back into the folder.',
];

/** `12.3 s, 1800/s` */
const speed = (events: number, since: number): string => {
  const seconds = (performance.now() - since) / 1_000;
  return `${seconds.toFixed(1)} s, ${Math.round(events / Math.max(seconds, 0.001))}/s`;
};

export interface MoveOptions {
  /** Copies while a process goes on writing; another pass without it must follow. */
  readonly whileRunning: boolean;
}

/**
 * Moves the log and the vault of a folder into other engines, and compares both sides. The folder keeps all it has, and
 * is marked as moved at the end. May be broken off and called again. Answers the exit code.
 * @throws RangeError  the folder is in use, holds no log, or the target was written to by somebody else
 */
export const moveFolder = async (
  folder: string,
  target: MoveTarget,
  { whileRunning }: MoveOptions,
  out: Output,
): Promise<number> => {
  const facts = readSqliteLogFacts(folder);
  if (facts === null) throw new RangeError(`${folder} holds no log`);
  if (!whileRunning && (await isInUse(folder)))
    throw new RangeError(
      `a process writes to ${folder}: stop it first, or copy most of it now with --while-running and the rest later`,
    );
  const categories = [...new Set([...facts.categories.map(({ category }) => category), ...known])];
  const source = await openSqliteEventStore({ folder });
  try {
    // The vault first: whoever reads a moved event finds its key.
    const vault = await target.copyVault(folder);
    for (const [kind, count] of Object.entries(vault)) out.line(`vault: ${count} ${kind}`);
    const logs = { source, target: target.store, categories };
    const before = readState(folder, target.name);
    if (before.moved > 0) out.line(`goes on where it broke off, after ${before.moved} events`);
    const startedAt = performance.now();
    const { moved } = await moveLog(logs, before.position, async ({ moved: sofar, position }) => {
      const progress = { position, moved: before.moved + sofar };
      writeState(folder, target.name, progress);
      out.note(`${progress.moved} of ${facts.events} events`);
      await Promise.resolve();
    });
    out.line(`events: ${moved} moved in ${speed(moved, startedAt)}; none is written twice`);
    if (whileRunning) {
      out.line(
        'The folder may have been written to meanwhile: stop its process, then move once more without --while-running.',
      );
      return 1;
    }
    out.note('comparing both');
    const comparedAt = performance.now();
    const compared = await compareLogs(logs);
    for (const fault of compared.faults) out.line(`DIFFERS: ${fault}`);
    // The next try begins at the beginning: what was noted as moved need not be there.
    rmSync(join(folder, stateFile), { force: true });
    if (compared.faults.length > 0) return 1;
    out.line(
      `${compared.streams} streams with ${compared.events} events compared: the same in both, by count and by hash (${speed(compared.events, comparedAt)}).`,
    );
    if (compared.recordedAnew)
      out.line(
        'Some events were recorded anew: the target keeps no other instant of recording. When they happened stands.',
      );
    markMoved(folder, target.name, new Date().toISOString());
    for (const line of nextSteps(folder)) out.line(line);
    return 0;
  } finally {
    await source.close();
  }
};

export const moveCommands: readonly OpsCommand[] = [
  {
    name: 'move',
    says: "Copies the folder DATA_DIR of the embedded engines into the cluster's, then compares both.",
    more: [
      'Into EVENTSTORE_URL and MONGODB_URL of the settings, under the master key of the new vault. Ids, times and the',
      'order of each stream stay; views, Kafka topics and checkpoints are made anew from the log. May be broken off and',
      'repeated: nothing is written twice. The folder keeps all it has, but nobody starts on it once everything is moved:',
      'two systems would give out the same case numbers. --back takes it for a system again. What was parked is tried',
      'again in the cluster.',
    ],
    flags: {
      'to-cluster': 'says that this is meant',
      back: 'lets DATA_DIR be started on again, under case numbers that the cluster has not given out',
      'while-running': 'copies most while a process still writes; stop it and move once more for the rest',
    },
    faultsOf: ({ flags }) =>
      flags.has('to-cluster') === flags.has('back')
        ? ['one of --to-cluster and --back is needed, not both']
        : flags.has('back') && flags.has('while-running')
          ? ['--while-running goes with --to-cluster']
          : [],
    run: async ({ flags }, { settings, out }) => {
      const config = settings();
      if (flags.has('back')) return await moveBack(config, out);
      const target = await openMoveTarget(config);
      try {
        return await moveFolder(config.DATA_DIR, target, { whileRunning: flags.has('while-running') }, out);
      } finally {
        await target.close();
      }
    },
  },
];
