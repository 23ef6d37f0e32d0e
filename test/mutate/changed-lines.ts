import { spawnSync } from 'node:child_process';

/** Lines of a file from 1, both included. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

const fileLine = /^\+\+\+ b\/(.*)$/;
const hunkLine = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/;

/** New or changed lines by file, out of `git diff --unified=0`. */
export const readChangedLines = (diff: string): ReadonlyMap<string, readonly LineRange[]> => {
  const files = new Map<string, LineRange[]>();
  let ranges: LineRange[] = [];
  let isHead = false;
  for (const line of diff.split('\n')) {
    if (line.startsWith('diff --git ')) isHead = true;
    if (line.startsWith('@@ ')) isHead = false;
    const [, file] = (isHead ? fileLine.exec(line) : null) ?? [];
    if (file !== undefined) {
      ranges = [];
      files.set(file, ranges);
    }
    const [, first, count = '1'] = hunkLine.exec(line) ?? [];
    if (first !== undefined && count !== '0')
      ranges.push({ from: Number(first), to: Number(first) + Number(count) - 1 });
  }
  return files;
};

/** What git says. @throws Error  it refuses */
export const git = (root: string, ...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync('git', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr.trim()}`);
  return stdout;
};

/** Lines that the working tree has and the revision had not. @throws Error  no such revision */
export const changedLines = (root: string, since: string): ReadonlyMap<string, readonly LineRange[]> =>
  readChangedLines(git(root, 'diff', '--unified=0', '--no-color', since, '--', '*.ts'));

/** Where this branch began; on the main branch itself, the commit before. */
export const usualSince = (root: string): string => {
  const base = git(root, 'merge-base', 'HEAD', 'main').trim();
  return base === git(root, 'rev-parse', 'HEAD').trim() ? 'HEAD~1' : base;
};
