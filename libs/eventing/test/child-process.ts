import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const folder = new URL('./children/', import.meta.url);
const hooks = new URL('typescript-hooks.mjs', folder).href;

export interface Child {
  readonly process: ChildProcess;
  /** What it printed so far, by line. */
  readonly lines: readonly string[];
  readonly exited: Promise<void>;
  /** @throws Error  it ended, or `timeoutMs` is over, before a line passed */
  until(passes: (line: string, index: number) => boolean, timeoutMs?: number): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Runs a program of `children/` as a process of its own; `before` is a command to run it under. */
export const runChild = (program: string, args: readonly string[], before: readonly string[] = []): Child => {
  const file = fileURLToPath(new URL(program, folder));
  const command = [...before, process.execPath, '--import', hooks, file, ...args];
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    for (const listener of [...listeners]) listener();
  });
  const exited = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );

  return {
    process: child,
    lines,
    exited,
    kill: (signal) => void child.kill(signal),
    until(passes, timeoutMs = 15_000) {
      const passed = Promise.withResolvers<undefined>();
      const look = (): void => {
        if (lines.some(passes)) passed.resolve(undefined);
      };
      const timer = setTimeout(() => {
        passed.reject(new Error(`${program}: no such line in time`));
      }, timeoutMs);
      void exited.then(() => {
        passed.reject(new Error(`${program} ended, last line: ${lines.at(-1) ?? 'none'}`));
      });
      listeners.add(look);
      look();
      return passed.promise.finally(() => {
        clearTimeout(timer);
        listeners.delete(look);
      });
    },
  };
};

/** What `append-forever.ts` says was answered: each append's stream, its last revision and its event ids. */
export const answeredAppends = (lines: readonly string[]) =>
  lines
    .filter((line) => line.startsWith('+ '))
    .map((line) => {
      const [, stream = '', revision = '', ids = ''] = line.split(' ');
      return { stream, revision: Number(revision), ids: ids.split(',') };
    });
