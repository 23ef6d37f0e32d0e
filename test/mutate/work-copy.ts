import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { git } from './changed-lines.js';

const own = '@city311';

/** Packages are linked; our own are links within the copy, so that started processes run what was changed there. */
const linkModules = (root: string, copy: string): void => {
  const [from, to] = [join(root, 'node_modules'), join(copy, 'node_modules')];
  mkdirSync(to);
  for (const name of readdirSync(from)) if (name !== own) symlinkSync(join(from, name), join(to, name));
  cpSync(join(from, own), join(to, own), { recursive: true, verbatimSymlinks: true });
};

/** Waits for its own input to close, which it does when we die, however we die, and removes the folder then. */
const removeWithUs = (folder: string): ChildProcess => {
  const guard = spawn('sh', ['-c', 'read -r _; rm -rf "$1"', 'sh', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  return guard;
};

export interface WorkCopy {
  readonly folder: string;
  remove(): void;
}

/** The project as it stands in the working tree, what is not committed too, in a folder that may be spoilt. */
export const makeWorkCopy = (root: string): WorkCopy => {
  const folder = mkdtempSync(join(tmpdir(), 'city311-mutate-'));
  const guard = removeWithUs(folder);
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
    guard.kill('SIGKILL');
  };
  try {
    const files = git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
    for (const file of new Set(files)) {
      if (file === '' || !existsSync(join(root, file))) continue;
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(join(root, file), join(folder, file), { verbatimSymlinks: true });
    }
    linkModules(root, folder);
    return { folder, remove };
  } catch (error) {
    remove();
    throw error;
  }
};
