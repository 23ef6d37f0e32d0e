import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { Client } from './client.js';
import { createKey } from './create-key.js';
import { endWithUs } from './end-with-us.js';
import { projectRoot } from './project-root.js';

export { projectRoot } from './project-root.js';

/** As `npm start` runs it. */
const nodeFlags = async (): Promise<readonly string[]> => {
  const module = (await import(pathToFileURL(join(projectRoot, 'services/all/node-flags.mjs')).href)) as {
    readonly nodeFlags: readonly string[];
  };
  return module.nodeFlags;
};

/** A port that nobody listened on a moment ago. */
export const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port to be had');
  return address.port;
};

export interface ServerOptions {
  /** Kept when the server stops. Absent: an empty temporary folder, removed at the end. */
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly readyWithinMs?: number;
  /** Default: a free one. */
  readonly port?: number;
  /** Hears how it ended where nobody had asked it to, with the end of its log. */
  readonly onObituary?: (says: string) => void;
}

const alive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

/** The built server in a process of its own, on a free port of this machine. */
export class StartedServer {
  private asked = false;
  private toldManagementUrl: string | undefined;

  private constructor(
    readonly url: string,
    readonly dataDir: string,
    private readonly child: ChildProcess,
    readonly logFile: string,
    private readonly scratch: string,
  ) {}

  /** @throws Error  it ended or was not ready in time; the message holds the end of its log */
  static async start(options: ServerOptions = {}): Promise<StartedServer> {
    const scratch = mkdtempSync(join(tmpdir(), 'city311-'));
    const dataDir = options.dataDir ?? join(scratch, 'data');
    const port = options.port ?? (await freePort());
    const logFile = join(scratch, 'server.log');
    const log = openSync(logFile, 'a');
    const child = spawn(
      process.execPath,
      [...(await nodeFlags()), join(projectRoot, 'services/all/dist/src/main.js')],
      {
        cwd: projectRoot,
        env: {
          ...process.env,
          MANAGEMENT_PORT: '0',
          ...options.env,
          HOST: '127.0.0.1',
          PORT: String(port),
          DATA_DIR: dataDir,
        },
        stdio: ['ignore', log, log],
        // Ctrl-C reaches us, and we end it in order.
        detached: true,
      },
    );
    closeSync(log);
    endWithUs(child);
    const server = new StartedServer(`http://127.0.0.1:${port}`, dataDir, child, logFile, scratch);
    try {
      await server.ready(options.readyWithinMs ?? 60_000);
    } catch (cause) {
      await server.stop();
      throw cause;
    }
    child.once('exit', () => {
      const says = server.obituary();
      if (says !== null) options.onObituary?.(says);
    });
    return server;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Where it tells its figures and what it waits for. */
  get managementUrl(): string {
    return this.toldManagementUrl ?? '';
  }

  /** Largest memory it ever had, in MB; null where the system does not tell. */
  peakMemoryMb(): number | null {
    try {
      const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1];
      return peak === undefined ? null : Math.round(Number(peak) / 1024);
    } catch {
      return null;
    }
  }

  /** Makes a key with the operators' command, beside the running server. */
  createKey(name: string, role: string, system?: string): Promise<string> {
    return createKey({ DATA_DIR: this.dataDir }, name, role, system);
  }

  /** How it ended by itself, with the end of its log; null while it runs or after `stop` and `kill`. */
  obituary(): string | null {
    if (this.asked || alive(this.child)) return null;
    const how = this.child.signalCode ?? `exit code ${this.child.exitCode ?? '?'}`;
    return `the server ended by itself (${how}):\n${this.logTail()}`;
  }

  private logTail(): string {
    return readFileSync(this.logFile, 'utf8').slice(-3_000);
  }

  /** Ends it at once, as a power cut would; the data folder stays. */
  async kill(): Promise<void> {
    await this.end('SIGKILL', 10_000);
  }

  /** Ends it in order and removes its temporary folder. Safe to call twice. */
  async stop(): Promise<void> {
    await this.end('SIGTERM', 20_000);
    rmSync(this.scratch, { recursive: true, force: true });
  }

  private async end(signal: 'SIGTERM' | 'SIGKILL', patienceMs: number): Promise<void> {
    this.asked = true;
    if (!alive(this.child)) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    const tooLate = new AbortController();
    await Promise.race([
      ended,
      pause(patienceMs, undefined, { signal: tooLate.signal }).catch(() => undefined),
    ]);
    tooLate.abort();
    if (alive(this.child)) {
      this.child.kill('SIGKILL');
      await ended;
    }
  }

  private async ready(withinMs: number): Promise<void> {
    const client = new Client(this.url, '');
    const deadline = Date.now() + withinMs;
    try {
      while (alive(this.child) && Date.now() < deadline) {
        const answer = await client.once({ path: '/health/ready', timeoutMs: 2_000 }).catch(() => undefined);
        // It says where its figures are when it says that it is ready.
        [, this.toldManagementUrl] = /(http:\S+)\/metrics/.exec(readFileSync(this.logFile, 'utf8')) ?? [];
        if (answer?.status === 200 && this.toldManagementUrl !== undefined) return;
        await pause(100);
      }
    } finally {
      client.close();
    }
    throw new Error(this.obituary() ?? `the server was not ready in time:\n${this.logTail()}`);
  }
}
