import { parseArgs } from 'node:util';

import type { Config } from '../config.js';

export type OpsCommand = (args: readonly string[], config: Config) => Promise<void>;

/** The command line is off; answered with the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `
usage: npm run ops -- <command>
  key create --name N --role R        make an API key; printed alone on the last line
      roles: channel, importer, operator, department:<id>
  key list                            names and roles
  key revoke --name N
  parked list [--group G] [--case N]  messages that could not be handled, and those behind them
  parked show --group G --event ID    one of them, with its event
  parked resend --group G [--case N]  try again, in order
  erase --case N | --email E | --phone P   erase whoever wrote; what they wrote can never be read again
Works on DATA_DIR, beside a running process.
`;

export const printLine = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Named options, each with a value. @throws UsageError  an unknown option, or one without its value */
export const options = (
  args: readonly string[],
  names: readonly string[],
): Readonly<Record<string, string | undefined>> => {
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'the options are wrong');
  }
};

export const required = (given: Readonly<Record<string, string | undefined>>, name: string): string => {
  const value = given[name];
  if (value === undefined || value === '') throw new UsageError(`--${name} is needed`);
  return value;
};
