import { TransientError } from '@city311/kernel';
import { ConfigError } from '@city311/platform';

import { backupCommands } from './backup.js';
import { caseCommands } from './case-story.js';
import { strandedCommands } from './cases/cases.js';
import { helpOf, readArguments, UsageError, usageOf, type Ops, type OpsCommand } from './command.js';
import { doctorCommands } from './doctor/doctor.js';
import { eraseCommands } from './erase.js';
import { erasureCommands } from './erasures.js';
import { keyCommands } from './keys.js';
import { lagCommands } from './lag.js';
import { moveCommands } from './move.js';
import { parkedCommands } from './parked.js';
import { restoreCommands } from './restore.js';
import { streamCommands } from './streams.js';
import { viewCommands } from './views.js';

/** Every command, in the order of the help. */
export const commands: readonly OpsCommand[] = [
  ...doctorCommands,
  ...streamCommands,
  ...caseCommands,
  ...strandedCommands,
  ...lagCommands,
  ...parkedCommands,
  ...viewCommands,
  ...keyCommands,
  ...eraseCommands,
  ...erasureCommands,
  ...backupCommands,
  ...restoreCommands,
  ...moveCommands,
];

const overview = (): string =>
  [
    'usage: npm run ops -- <command>',
    '',
    ...commands.map((command) => `  ${usageOf(command)}\n      ${command.says}`),
    '  help [<command>]',
    '      this list, or more of one command',
    '',
    'Settings come from the environment, as for the services; see services/all/README.md.',
    'Exit codes: 0 all well; 1 something was found or refused; 2 the command line or the settings are wrong.',
  ].join('\n');

const named = (words: readonly string[]): OpsCommand | undefined =>
  commands.find(({ name }) => name === words.slice(0, 2).join(' ')) ??
  commands.find(({ name }) => name === words[0]);

/** Commands whose name begins so, for whoever wrote half of it. */
const meant = (word: string): readonly string[] =>
  commands.map(({ name }) => name).filter((name) => name.split(' ')[0] === word);

const noCommand = (word: string): UsageError => {
  const likely = meant(word);
  return new UsageError([
    likely.length === 0
      ? `there is no command ${word}; npm run ops -- help lists all`
      : `${word} needs one word more: ${likely.join(', ')}`,
  ]);
};

const help = (words: readonly string[], { out }: Ops): number => {
  if (words.length === 0) {
    out.line(overview());
    return 0;
  }
  const command = named(words);
  const asked =
    command === undefined ? commands.filter(({ name }) => name.split(' ')[0] === words[0]) : [command];
  if (asked.length === 0) throw noCommand(words[0] ?? '');
  for (const one of asked) out.line(helpOf(one));
  return 0;
};

const dispatch = async (args: readonly string[], ops: Ops): Promise<number> => {
  const [first] = args;
  if (first === undefined || first === 'help' || first === '--help' || first === '-h')
    return help(args.slice(1), ops);
  const command = named(args);
  if (command === undefined) {
    if (args.includes('--help')) return help([first], ops);
    throw noCommand(first);
  }
  const rest = args.slice(command.name.split(' ').length);
  if (rest.includes('--help')) return help(command.name.split(' '), ops);
  return command.run(readArguments(command, rest), ops);
};

/** Runs one command line and answers its exit code; what went wrong is told in plain words. */
export const runOps = async (args: readonly string[], ops: Ops): Promise<number> => {
  try {
    return await dispatch(args, ops);
  } catch (error) {
    if (error instanceof UsageError) {
      for (const fault of error.faults) ops.out.note(fault);
      if (error.command !== null) ops.out.note(`usage: ${usageOf(error.command)}`);
      return 2;
    }
    if (error instanceof ConfigError) {
      ops.out.note(error.message);
      return 2;
    }
    const isExpected = error instanceof RangeError || error instanceof TransientError;
    ops.out.note(isExpected || !(error instanceof Error) ? messageOf(error) : (error.stack ?? error.message));
    return 1;
  }
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
