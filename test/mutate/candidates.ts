import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { Random } from '../generated/random.js';
import { changedLines, git, type LineRange } from './changed-lines.js';
import { lineAt, mutantsOf, type Mutant } from './operators.js';

export interface Candidate {
  /** Relative to the project's root. */
  readonly file: string;
  readonly line: number;
  readonly mutant: Mutant;
}

/** Code that runs in the product: no spec, none of its supports, nothing of the tests themselves. */
export const isProductCode = (file: string): boolean =>
  /^(?:libs|services)\/.*\.ts$/.test(file) &&
  !/(?:spec|spec-support|examples|fixture)\.ts$|\.d\.ts$|\/(?:dist|fixtures|test|testing|lint)\//.test(file);

const wholeFile: readonly LineRange[] = [{ from: 1, to: Infinity }];

/** Files under the paths, whole. @throws Error  a path that is not there */
const filesUnder = (root: string, paths: readonly string[]): ReadonlyMap<string, readonly LineRange[]> => {
  const missing = paths.filter((path) => !existsSync(join(root, path)));
  if (missing.length > 0) throw new Error(`there is no ${missing.join(', ')}`);
  const listed = git(root, 'ls-files', '--cached', '--others', '--exclude-standard', '--', ...paths);
  return new Map(listed.split('\n').map((file) => [file, wholeFile]));
};

const isUnder = (file: string, path: string, root: string): boolean =>
  file === path ||
  (statSync(join(root, path)).isDirectory() && file.startsWith(`${path.replace(/\/$/, '')}/`));

/** Every change that may be made: to lines changed since a revision, to whole paths, or to the lines within the paths. */
export const candidatesIn = (
  root: string,
  { since, paths }: { readonly since: string | null; readonly paths: readonly string[] },
): readonly Candidate[] => {
  const whole = paths.length === 0 ? null : filesUnder(root, paths);
  const lines =
    since === null ? (whole ?? new Map<string, readonly LineRange[]>()) : changedLines(root, since);
  return [...lines].flatMap(([file, ranges]) => {
    if (!isProductCode(file) || !existsSync(join(root, file))) return [];
    if (whole !== null && !paths.some((path) => isUnder(file, path, root))) return [];
    const text = readFileSync(join(root, file), 'utf8');
    return mutantsOf(text)
      .map((mutant) => ({ file, line: lineAt(text, mutant.start), mutant }))
      .filter(({ line }) => ranges.some(({ from, to }) => from <= line && line <= to));
  });
};

/** In an order drawn by chance: as far as one comes, it is a fair sample of all. */
export const shuffled = <Item>(items: readonly Item[], random: Random): readonly Item[] => {
  const left = [...items];
  const drawn: Item[] = [];
  while (left.length > 0) drawn.push(...left.splice(Math.floor(random() * left.length), 1));
  return drawn;
};
