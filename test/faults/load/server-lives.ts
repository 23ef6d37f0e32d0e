import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { freePort, projectRoot, StartedServer } from '../../server/started-server.js';
import { faultsSystem } from '../checks/answers.js';
import type { Doors } from './doors.js';

const readyWithinMs = 30_000;

/** One data folder, served by one process after another. */
export class ServerLives {
  #server: StartedServer | null = null;
  readonly startMs: number[] = [];

  constructor(
    private readonly dataDir: string,
    private readonly doors: readonly Doors[],
  ) {}

  async start(): Promise<StartedServer> {
    const startedAt = performance.now();
    const server = await StartedServer.start({ dataDir: this.dataDir, readyWithinMs });
    this.startMs.push(Math.round(performance.now() - startedAt));
    this.#server = server;
    for (const door of this.doors) door.open(server.url);
    return server;
  }

  /** As a power cut would; what was under way has no answer. */
  async kill(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    await server.kill();
    for (const door of this.doors) door.close();
    await server.stop();
  }

  /** In order, at the end. */
  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = null;
    for (const door of this.doors) door.close();
  }

  /** A start that is killed on its way. */
  async killWhileStarting(afterMs: number): Promise<void> {
    const child = spawn(process.execPath, [join(projectRoot, 'services/all/dist/src/main.js')], {
      cwd: projectRoot,
      env: {
        ...process.env,
        HOST: '127.0.0.1',
        MANAGEMENT_PORT: '0',
        PORT: String(await freePort()),
        DATA_DIR: this.dataDir,
      },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    await pause(afterMs);
    child.kill('SIGKILL');
    await ended;
  }
}

/** A channel's and an operator's key for a folder, made by a first process that ends again. */
export const keysFor = async (
  dataDir: string,
): Promise<{ readonly channel: string; readonly operator: string }> => {
  const server = await StartedServer.start({ dataDir, readyWithinMs });
  try {
    return {
      channel: await server.createKey('adapter', 'channel', faultsSystem),
      operator: await server.createKey('desk', 'operator'),
    };
  } finally {
    await server.stop();
  }
};
