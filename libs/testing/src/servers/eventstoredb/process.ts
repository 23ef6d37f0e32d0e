import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { Faults } from './faults.js';

export interface DoubleProcess {
  /** As EVENTSTORE_URL. The port stays through `restart`. */
  readonly url: string;
  readonly port: number;
  setFaults(faults: Partial<Faults>): void;
  dropConnections(): void;
  /** kill -9, and not started again. */
  kill(): Promise<void>;
  /** kill -9 where it still runs, and up again on the same folder and port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const fromSource = import.meta.url.endsWith('.ts');
const entry = fileURLToPath(new URL(fromSource ? './main.ts' : './main.js', import.meta.url));
const hooks = new URL('../../../../eventing/test/children/typescript-hooks.mjs', import.meta.url).href;

const start = async (
  folder: string,
  port: number,
): Promise<{ readonly child: ChildProcess; readonly url: string }> => {
  const args = [...(fromSource ? ['--import', hooks] : []), entry, '--folder', folder];
  const child = spawn(process.execPath, [...args, '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const { stdout } = child;
  if (stdout === null) throw new Error('the double has no output');
  for await (const line of createInterface(stdout)) {
    const [word, url] = line.split(' ');
    if (word === 'ready' && url !== undefined) {
      stdout.resume();
      return { child, url };
    }
  }
  throw new Error(`the double ended before it was ready, with code ${child.exitCode ?? 'unknown'}`);
};

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
};

/** The double in a process of its own, to be killed; its journal lies in `folder`. */
export const spawnEventStoreDouble = async (folder: string, port = 0): Promise<DoubleProcess> => {
  let running = await start(folder, port);
  const { url } = running;
  const taken = Number(new URL(url.replace('esdb:', 'http:')).port);
  return {
    url,
    port: taken,
    setFaults: (faults) => void running.child.send({ faults }),
    dropConnections: () => void running.child.send('drop'),
    kill: () => end(running.child, 'SIGKILL'),
    async restart() {
      await end(running.child, 'SIGKILL');
      running = await start(folder, taken);
    },
    stop: () => end(running.child, 'SIGTERM'),
  };
};
