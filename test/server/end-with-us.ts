import { spawn, type ChildProcess } from 'node:child_process';

/**
 * A child that outlives nobody: a guard waits for its own input to close, which it does when we die, however we die,
 * and ends the child then.
 */
export const endWithUs = (child: ChildProcess): void => {
  const { pid } = child;
  if (pid === undefined) return;
  const guard = spawn('sh', ['-c', `read -r _; kill -9 ${pid} 2>/dev/null`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  child.once('exit', () => guard.kill('SIGKILL'));
};
