import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { openSqliteEventStore, readSqliteLogFacts, type EventStore } from '@city311/eventing';
import type { Position } from '@city311/kernel';

import { openMoveTarget } from '../engines/move-target.js';
import type { OpsCommand } from './command.js';
import { compareLogs, moveLog } from './move-log.js';
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
const stateShape = z.object({ target: z.string(), position: z.string() });

/** How far an earlier try into the same target came. */
const readState = (folder: string, target: string): Position | null => {
  const file = join(folder, stateFile);
  if (!existsSync(file)) return null;
  const state = stateShape.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return state.success && state.data.target === target ? (state.data.position as Position) : null;
};

const writeState = (folder: string, target: string, position: Position | null): void => {
  if (position === null) return;
  const file = join(folder, stateFile);
  writeFileSync(`${file}.draft`, JSON.stringify({ target, position }), { mode: 0o600 });
  renameSync(`${file}.draft`, file);
};

const isInUse = (folder: string): boolean =>
  (readSqliteLogFacts(folder)?.writer?.expiresAt ?? 0) > Date.now();

export interface MoveOptions {
  /** Copies while a process goes on writing; another pass without it must follow. */
  readonly whileRunning: boolean;
}

/**
 * Moves the log and the vault of a folder into other engines, and compares both sides. The folder stays as it is. May
 * be broken off and called again. Answers the exit code.
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
  if (!whileRunning && isInUse(folder))
    throw new RangeError(
      `a process writes to ${folder}: stop it first, or copy most of it now with --while-running and the rest later`,
    );
  const categories = facts.categories.map(({ category }) => category);
  const source = await openSqliteEventStore({ folder });
  try {
    // The vault first: whoever reads a moved event finds its key.
    const vault = await target.copyVault(folder);
    for (const [kind, count] of Object.entries(vault)) out.line(`vault: ${count} ${kind}`);
    const logs = { source, target: target.store, categories };
    const moved = await moveLog(logs, readState(folder, target.name), async ({ seen, position }) => {
      writeState(folder, target.name, position);
      out.note(`${seen} of ${facts.events} events`);
      await Promise.resolve();
    });
    out.line(`events: ${moved.written} written now, ${moved.seen - moved.written} were there already`);
    if (whileRunning) {
      out.line(
        'The folder may have been written to meanwhile: stop its process, then move once more without --while-running.',
      );
      return 1;
    }
    const compared = await compareLogs(logs);
    for (const fault of compared.faults) out.line(`DIFFERS: ${fault}`);
    // The next try begins at the beginning: what was noted as moved need not be there.
    rmSync(join(folder, stateFile), { force: true });
    if (compared.faults.length > 0) return 1;
    out.line(
      `${compared.streams} streams with ${compared.events} events compared: the same in both, by count and by hash.`,
    );
    if (compared.recordedAnew > 0)
      out.line(
        `${compared.recordedAnew} events were recorded anew: the target keeps no other instant of recording. When they happened stands.`,
      );
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
      'repeated: nothing is written twice. The folder stays as it is. Parked messages stay behind: send them again first.',
    ],
    flags: {
      'to-cluster': 'says that this is meant',
      'while-running': 'copies most while a process still writes; stop it and move once more for the rest',
    },
    faultsOf: ({ flags }) => (flags.has('to-cluster') ? [] : ['--to-cluster is needed']),
    run: async ({ flags }, { settings, out }) => {
      const config = settings();
      const target = await openMoveTarget(config);
      try {
        return await moveFolder(config.DATA_DIR, target, { whileRunning: flags.has('while-running') }, out);
      } finally {
        await target.close();
      }
    },
  },
];
