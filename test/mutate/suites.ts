import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { endWithUs } from '../server/end-with-us.js';

/** Suites that look at files of other projects: what they notice counts as well. */
const watching: readonly (readonly [files: RegExp, suite: string])[] = [
  [/^services\/[^/]+\/src\/http\//, 'services/all/src/http/access.int.spec.ts'],
];

export interface JestRun {
  readonly outcome: 'passed' | 'failed' | 'out-of-time' | 'stopped';
  readonly stdout: string;
  readonly seconds: number;
}

/** Runs Jest in a folder, not longer than so; its processes are gone afterwards. */
export const runJest = (
  folder: string,
  args: readonly string[],
  limitMs: number,
  stop: AbortSignal,
): Promise<JestRun> =>
  new Promise((resolve) => {
    const startedAt = performance.now();
    const jest = join(folder, 'node_modules/jest/bin/jest.js');
    const common = ['--selectProjects', 'unit', 'int', '--cacheDirectory', join(folder, '.jest-cache')];
    const child = spawn(
      process.execPath,
      ['--experimental-vm-modules', '--no-warnings', jest, ...common, ...args],
      { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    endWithUs(child);
    let stdout = '';
    let ended: JestRun['outcome'] | null = null;
    const end = (how: JestRun['outcome']): void => {
      ended ??= how;
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    const onStop = (): void => {
      end('stopped');
    };
    const timer = setTimeout(() => {
      end('out-of-time');
    }, limitMs);
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.once('close', (code) => {
      clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
      const seconds = (performance.now() - startedAt) / 1000;
      resolve({ outcome: ended ?? (code === 0 ? 'passed' : 'failed'), stdout, seconds });
    });
  });

/** Folder of the project that a file belongs to. */
export const projectOf = (root: string, file: string): string => {
  let folder = dirname(file);
  while (folder !== '.' && !existsSync(join(root, folder, 'project.json'))) folder = dirname(folder);
  return folder;
};

const listed = async (folder: string, args: readonly string[], stop: AbortSignal): Promise<string[]> => {
  const { stdout } = await runJest(folder, ['--listTests', ...args], 120_000, stop);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith(folder))
    .map((line) => relative(folder, line));
};

/**
 * Suites next to a file, relative to the folder: those of its project that import it, however far away, or all of its
 * project where none does (a worker's file, say), and those that watch it from elsewhere.
 */
export const suitesOf = async (
  folder: string,
  file: string,
  stop: AbortSignal,
): Promise<readonly string[]> => {
  const project = `${projectOf(folder, file)}/`;
  const related = await listed(folder, ['--findRelatedTests', file], stop);
  const near = related.filter((suite) => suite.startsWith(project));
  const all = near.length > 0 ? near : await listed(folder, ['--testPathPatterns', `/${project}`], stop);
  const others = watching.flatMap(([files, suite]) => (files.test(file) ? [suite] : []));
  return [...new Set([...all, ...others])];
};
