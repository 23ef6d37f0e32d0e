import { spawnSync } from 'node:child_process';

import { projectRoot } from './started-server.js';

/** Builds the project where a source is newer than its build, so that no scenario tests yesterday's server. */
export const buildIfStale = (): void => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', "(await import('./services/all/start.mjs')).ensureBuilt()"],
    { cwd: projectRoot, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the build failed:\n${stderr.slice(-3_000)}`);
};
