import { join } from 'node:path';

import { freePort, StartedServer } from '../server/started-server.js';
import type { Backend } from './operator-answers.js';
import type { ServiceName } from './routes.js';

const readyWithinMs = 180_000;

export interface ReplicaOptions {
  readonly service: ServiceName;
  readonly index: number;
  /** Holds a folder for each replica. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onObituary: (says: string) => void;
}

/** One process of one service, with its place on the machine, which it keeps from one life to the next. */
export class Replica {
  readonly name: string;
  readonly dataDir: string;
  #port: Promise<number> | null = null;
  #server: StartedServer | null = null;

  constructor(private readonly options: ReplicaOptions) {
    this.name = `${options.service}-${options.index}`;
    this.dataDir = join(options.folder, this.name);
  }

  get service(): ServiceName {
    return this.options.service;
  }

  get pid(): number | null {
    return this.#server?.pid ?? null;
  }

  /** Where it takes requests; null while it does not run or is not ready yet. */
  backend(): Backend | null {
    const server = this.#server;
    if (server === null || server.obituary() !== null) return null;
    return { name: this.name, url: server.url, managementUrl: server.managementUrl };
  }

  peakMemoryMb(): number | null {
    return this.#server?.peakMemoryMb() ?? null;
  }

  /** Resolves when it is ready. @throws Error  with the end of its log */
  async start(): Promise<void> {
    const { service, env, onObituary } = this.options;
    this.#port ??= freePort();
    try {
      this.#server = await StartedServer.start({
        dataDir: this.dataDir,
        port: await this.#port,
        env: { ...env, TARGET: service },
        readyWithinMs,
        onObituary: (says) => {
          this.#server = null;
          onObituary(`${this.name}: ${says}`);
        },
      });
    } catch (cause) {
      throw new Error(`${this.name} did not start`, { cause });
    }
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    await server?.kill();
    await server?.stop();
  }

  /** In order. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    await server?.stop();
  }
}
