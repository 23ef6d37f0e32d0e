import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

/** A Java program that does not outlive this process. */
export interface JavaProcess {
  readonly pid: number;
  readonly ended: boolean;
  /** Resolves once it has ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Waits for its input to close, which it does when we die however we die, and ends the program then. */
const startGuard = (pid: number): ChildProcess =>
  spawn('sh', ['-c', `read -r _; kill -9 ${pid} 2>/dev/null`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const untilEnd = async (child: ChildProcess): Promise<void> => {
  if (!ended(child)) await once(child, 'exit');
};

/**
 * Starts `java <args>` in a process group of its own, so that Ctrl-C reaches us and not it; its output is added to
 * the file `log`. @throws Error  there is no Java
 */
export const startJava = async (args: readonly string[], log: string): Promise<JavaProcess> => {
  const output = openSync(log, 'a');
  const child = spawn('java', args, { stdio: ['ignore', output, output], detached: true });
  closeSync(output);
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error('java did not start');
  const guard = startGuard(pid);
  guard.unref();
  child.once('exit', () => guard.kill('SIGKILL'));
  return {
    pid,
    get ended() {
      return ended(child);
    },
    end: async (signal) => {
      child.kill(signal);
      await untilEnd(child);
    },
  };
};
