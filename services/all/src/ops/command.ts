import { email, phone, type Format } from '@city311/platform';

import type { Config } from '../config.js';
import type { Output } from './output.js';

/** The command line is wrong; every fault at once. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  constructor(
    readonly faults: readonly string[],
    /** The command that was meant, where that is clear. */
    readonly command: OpsCommand | null = null,
  ) {
    super(faults.join('\n'));
  }
}

/** Arguments of a command, checked against what it declares. */
export interface Given {
  /** By the names that the command declares. */
  readonly words: Readonly<Record<string, string | undefined>>;
  readonly texts: Readonly<Record<string, string | undefined>>;
  readonly flags: ReadonlySet<string>;
}

export interface Ops {
  /** @throws ConfigError  names every wrong setting */
  readonly settings: () => Config;
  readonly out: Output;
}

export interface OpsCommand {
  /** One or two words: `views verify`. */
  readonly name: string;
  /** One line: what it does. */
  readonly says: string;
  /** Further lines of its help. */
  readonly more?: readonly string[];
  /** Words that follow the name, in order; `?` at the end of one that may be left out. */
  readonly words?: readonly string[];
  /** Options with a value, and what it stands for in the help; `!` at the end of one that must be given. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Options without a value, and what they are for. */
  readonly flags?: Readonly<Record<string, string>>;
  /** What else is wrong with the arguments; empty where nothing is. */
  readonly faultsOf?: (given: Given) => readonly string[];
  /** Exit code: 0 all well; 1 it found something wrong. @throws RangeError  an expected "no", told in one line */
  readonly run: (given: Given, ops: Ops) => Promise<number>;
}

const bare = (name: string): string => name.replace(/[!?]$/, '');

export const usageOf = ({ name, words = [], texts = {}, flags = {} }: OpsCommand): string =>
  [
    name,
    ...words.map((word) => (word.endsWith('?') ? `[<${bare(word)}>]` : `<${word}>`)),
    ...Object.entries(texts).map(([option, value]) =>
      value.endsWith('!') ? `--${option} ${bare(value)}` : `[--${option} ${value}]`,
    ),
    ...Object.keys(flags).map((flag) => `[--${flag}]`),
  ].join(' ');

export const helpOf = (command: OpsCommand): string =>
  [
    usageOf(command),
    `  ${command.says}`,
    ...(command.more ?? []).map((line) => `  ${line}`),
    ...Object.entries(command.flags ?? {}).map(([flag, why]) => `  --${flag}  ${why}`),
    '',
  ].join('\n');

/** What an option of this name holds, in every command; it is read as at every other door. */
const formats: Readonly<Record<string, Format>> = { email, phone };

/** @throws UsageError  lists every fault */
export const readArguments = (command: OpsCommand, args: readonly string[]): Given => {
  const { words: names = [], texts: textNames = {}, flags: flagNames = {} } = command;
  const faults: string[] = [];
  const words: string[] = [];
  const texts: Record<string, string> = {};
  const flags = new Set<string>();
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (!arg.startsWith('--')) {
      words.push(arg);
      continue;
    }
    const [option = '', inline] = arg.slice(2).split(/=(.*)/s, 2);
    if (Object.hasOwn(flagNames, option)) {
      if (inline === undefined) flags.add(option);
      else faults.push(`--${option} takes no value`);
    } else if (Object.hasOwn(textNames, option)) {
      const next = args[at + 1];
      const value = inline ?? (next?.startsWith('--') === true ? undefined : next);
      if (inline === undefined && value !== undefined) at += 1;
      if (value === undefined || value === '') faults.push(`--${option} needs a value`);
      else if (Object.hasOwn(texts, option)) faults.push(`--${option} is given twice`);
      else {
        const reading = formats[option]?.read(value) ?? { value };
        if ('fault' in reading) faults.push(`--${option} ${reading.fault}`);
        else texts[option] = reading.value;
      }
    } else {
      faults.push(`${command.name} has no option --${option}`);
    }
  }
  for (const [option, value] of Object.entries(textNames))
    if (
      value.endsWith('!') &&
      !Object.hasOwn(texts, option) &&
      !faults.some((one) => one.startsWith(`--${option} `))
    )
      faults.push(`--${option} is needed`);
  names.forEach((name, index) => {
    if (words[index] === undefined && !name.endsWith('?')) faults.push(`<${name}> is needed`);
  });
  for (const word of words.slice(names.length)) faults.push(`${word} is one word too many`);
  const given: Given = {
    words: Object.fromEntries(names.map((name, index) => [bare(name), words[index]])),
    texts,
    flags,
  };
  if (faults.length === 0) faults.push(...(command.faultsOf?.(given) ?? []));
  if (faults.length > 0) throw new UsageError(faults, command);
  return given;
};

/** A word that the command declares as needed. */
export const word = ({ words }: Given, name: string): string => words[name] ?? '';
/** An option that the command declares as needed. */
export const text = ({ texts }: Given, name: string): string => texts[name] ?? '';
