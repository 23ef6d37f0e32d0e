import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { nodeFlags } from './node-flags.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const stamp = join(root, 'services/all/dist/.built');
const lock = join(root, 'node_modules/.city311-building');
const skipped = new Set(['node_modules', 'dist', 'fixtures']);

/** Time of the newest source file under a folder, milliseconds. */
const newest = (folder) => {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (skipped.has(entry.name)) continue;
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
};

const isBuilt = () => {
  const sources = Math.max(...['libs', 'services', 'test'].map((folder) => newest(join(root, folder))));
  return existsSync(stamp) && statSync(stamp).mtimeMs >= sources;
};

/** One build at a time: whoever comes second waits for the first, for two minutes at most. */
const withBuildLock = (build) => {
  const deadline = Date.now() + 120_000;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      if (Date.now() > deadline) rmSync(lock, { recursive: true, force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  try {
    build();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
};

/** Builds when a source is newer than the last build; says so on standard error. @throws Error  the build failed */
export const ensureBuilt = () => {
  if (isBuilt()) return;
  withBuildLock(() => {
    if (isBuilt()) return;
    process.stderr.write('Building (only when sources changed) …\n');
    const built = spawnSync(
      process.execPath,
      [join(root, 'node_modules/nx/dist/bin/nx.js'), 'run-many', '-t', 'build'],
      { cwd: root, encoding: 'utf8', env: { ...process.env, NX_TUI: 'false' } },
    );
    if (built.status !== 0) throw new Error(`the build failed\n${built.stdout}${built.stderr}`);
    mkdirSync(join(root, 'services/all/dist'), { recursive: true });
    writeFileSync(stamp, new Date().toISOString());
  });
};

/** Runs a compiled entry with the same Node and `more` flags, passing signals on; resolves to its exit code. */
export const run = (entry, args, more = []) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [...nodeFlags, ...more, join(root, entry), ...args], {
      stdio: 'inherit',
    });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [command, ...args] = process.argv.slice(2);
  ensureBuilt();
  if (command === 'ops') process.exitCode = await run('services/all/dist/src/ops/main.js', args);
  else if (command !== 'build')
    process.exitCode = await run('services/all/dist/src/main.js', process.argv.slice(2));
}
