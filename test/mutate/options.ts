import { parseArgs } from 'node:util';

export interface MutateOptions {
  /** Null where whole paths are meant. */
  readonly since: string | null;
  readonly paths: readonly string[];
  readonly most: number;
  readonly seconds: number;
  readonly seed: number;
}

export const usage = `usage: npm run mutate -- [--since REV] [--most N] [--seconds N] [--seed N] [path …]
  Makes single changes to a copy of the project, runs the unit and integration suites next to each, and lists those
  that no test noticed. Without paths, the lines changed since REV (this branch's beginning, or the commit before);
  with paths, those files whole, or with --since what changed in them.
    --most N      changes that are tried, drawn by chance; 40
    --seconds N   no further one is begun after this time; 1800
    --seed N      the same seed draws the same changes of the same code; by chance, and printed`;

const whole = (name: string, text: string, least: number): number => {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least)
    throw new RangeError(`--${name} must be a whole number from ${least} on`);
  return Number(text);
};

/**
 * @param usual  revision where none and no paths are given
 * @throws Error  an option that is not known or understood
 */
export const readOptions = (args: readonly string[], usual: () => string): MutateOptions => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      since: { type: 'string' },
      most: { type: 'string', default: '40' },
      seconds: { type: 'string', default: '1800' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    },
  });
  return {
    since: values.since ?? (positionals.length === 0 ? usual() : null),
    paths: positionals,
    most: whole('most', values.most, 1),
    seconds: whole('seconds', values.seconds, 1),
    seed: whole('seed', values.seed, 0),
  };
};
