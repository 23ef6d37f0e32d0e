import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Config } from './config.js';

/** What is said of the first key: lines for a person, and how a command in a shell names it. */
export interface FirstKeyNews {
  readonly lines: string;
  readonly inShell: string;
}

/**
 * Shows the first key, or puts it into a file that only its owner reads: what stands on the standard output of a
 * container is kept by others, for good.
 */
export const tellFirstKey = (
  { FIRST_KEY, DATA_DIR }: Pick<Config, 'FIRST_KEY' | 'DATA_DIR'>,
  key: string | null,
): FirstKeyNews => {
  if (key === null) return { lines: '', inShell: '<key>' };
  if (FIRST_KEY === 'print')
    return { lines: `A first API key (role operator), shown only now:\n  ${key}\n`, inShell: key };
  const file = join(DATA_DIR, 'first-key');
  rmSync(file, { force: true });
  writeFileSync(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
  return {
    lines: `A first API key (role operator) is in ${file}: take it from there and delete the file.\n`,
    inShell: `'"$(cat ${file})"'`,
  };
};
