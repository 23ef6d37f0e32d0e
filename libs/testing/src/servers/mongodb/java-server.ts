import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import type { MongoServer } from './mongo-server.js';

const run = promisify(execFile);
const sources = fileURLToPath(new URL('stand-in', import.meta.url));
const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies';
const startMs = 60_000;

export interface JavaMongoOptions {
  /** Where the data lies, kept by `stop`; a folder of its own, which goes with it, where it is left out. */
  readonly folder?: string;
  /** Any free one where it is left out. */
  readonly port?: number;
  /** Megabytes; 384 where it is left out. */
  readonly heap?: number;
  /** It lives for seconds or minutes: its compiler takes no pains. Where left out: it has no folder of its own. */
  readonly forShort?: boolean;
}

/**
 * Starts the stand-in (see README.md beside this file) on 127.0.0.1. The first start on a machine fetches its parts
 * by Maven and compiles the launcher, into the user's cache. It ends with this process.
 * @throws Error  no Java compiler, no Maven, or its parts cannot be fetched
 */
export const startJavaMongo = async ({
  folder,
  port = 0,
  heap = 384,
  forShort = folder === undefined,
}: JavaMongoOptions = {}): Promise<MongoServer> => {
  const classPath = await install();
  const data = folder ?? (await mkdtemp(join(tmpdir(), 'mongodb-')));
  await mkdir(data, { recursive: true });
  const start = (at: number): Promise<Running> =>
    launch([
      '-XX:+UseSerialGC',
      ...(forShort ? ['-XX:TieredStopAtLevel=1'] : []),
      `-Xmx${heap}m`,
      '-cp',
      classPath,
      'StandIn',
      `${at}`,
      join(data, 'data.mv'),
    ]);
  let running = await start(port);
  return {
    url: `mongodb://127.0.0.1:${running.port}/?directConnection=true`,
    kind: 'java',
    stop: async () => {
      await end(running.child, 'SIGTERM');
      if (folder === undefined) await rm(data, { recursive: true, force: true });
    },
    outage: {
      kill: () => end(running.child, 'SIGKILL'),
      restart: async () => {
        running = await start(running.port);
      },
    },
  };
};

/** The class path; two processes that install at the same time do the same work, and one of them wins. */
const install = async (): Promise<string> => {
  const names = (await readdir(sources)).sort();
  const parts = await Promise.all(names.map((name) => readFile(join(sources, name))));
  const print = createHash('sha256').update(Buffer.concat(parts)).digest('hex').slice(0, 12);
  const programs = names.filter((name) => name.endsWith('.java')).map((name) => join(sources, name));
  const cache = join(homedir(), '.cache', 'city311');
  const installed = join(cache, `mongodb-stand-in-${print}`);
  if (!existsSync(installed)) {
    const making = join(cache, `making-${randomUUID()}`);
    await mkdir(making, { recursive: true });
    try {
      const into = `-DoutputDirectory=${making}`;
      await run('mvn', [
        '-q',
        '-B',
        '-f',
        join(sources, 'pom.xml'),
        copyDependencies,
        into,
        '-DincludeScope=runtime',
      ]);
      await run('javac', ['-cp', join(making, '*'), '-d', making, ...programs]);
      await rename(making, installed).catch((error: unknown) => {
        if (!existsSync(installed)) throw error;
      });
    } finally {
      await rm(making, { recursive: true, force: true });
    }
  }
  return [installed, join(installed, '*')].join(delimiter);
};

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
}

const launch = (parameters: readonly string[]): Promise<Running> =>
  new Promise((resolve, reject) => {
    const child = spawn('java', parameters, { stdio: ['pipe', 'pipe', 'pipe'] });
    let complaint = '';
    child.stderr.on('data', (text: Buffer) => {
      complaint = (complaint + text.toString()).slice(-2000);
    });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
    }, startMs);
    const settled = (): void => {
      clearTimeout(timer);
    };
    createInterface({ input: child.stdout }).on('line', (line) => {
      const port = /^listening on (\d+)$/.exec(line)?.[1];
      if (port === undefined) return;
      settled();
      resolve({ child, port: Number(port) });
    });
    child.once('error', (error) => {
      settled();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      settled();
      reject(new Error(`the stand-in for MongoDB ended (${signal ?? code ?? ''}): ${complaint}`));
    });
  });

const end = (child: ChildProcess, signal: NodeJS.Signals): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => {
      resolve();
    });
    child.kill(signal);
  });
