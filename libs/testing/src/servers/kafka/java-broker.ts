import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { brokerSettings, type BrokerPorts } from './broker-settings.js';
import { freePorts } from './free-ports.js';
import { startJava, type JavaProcess } from './java-process.js';
import { kafkaJars } from './kafka-jars.js';
import type { KafkaServer } from './kafka-server.js';

export interface JavaBrokerOptions {
  /** Where it keeps its data from one start to the next. Default: a temporary folder, removed by `stop`. */
  readonly folder?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default 384. */
  readonly heapMb?: number;
  /** Settings of server.properties that replace or follow ours; see `brokerSettings`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Further arguments of the storage tool, for example `--add-scram`. */
  readonly format?: readonly string[];
  /** Whether it lives for minutes only: code is compiled once and quickly then. Default: where no folder is given. */
  readonly forShort?: boolean;
  /** Default 60,000. */
  readonly startWithinMs?: number;
}

export interface JavaBroker extends KafkaServer {
  readonly kind: 'java';
  readonly ports: BrokerPorts;
  readonly folder: string;
  readonly pid: number;
  readonly stopHard: () => Promise<void>;
  readonly restart: () => Promise<void>;
}

const run = promisify(execFile);

/** As Kafka makes them: one that began with a dash would be taken for an option. */
const clusterId = (): string => {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? clusterId() : id;
};

const startedLine = 'Kafka Server started';
const lastLines = 15;

const logOf = async (file: string): Promise<string> => (existsSync(file) ? readFile(file, 'utf8') : '');

const untilStarted = async (
  java: JavaProcess,
  log: string,
  from: number,
  withinMs: number,
): Promise<void> => {
  const until = performance.now() + withinMs;
  for (;;) {
    const text = (await logOf(log)).slice(from);
    if (text.includes(startedLine)) return;
    if (java.ended || performance.now() > until) {
      await java.end('SIGKILL');
      const end = text.trimEnd().split('\n').slice(-lastLines).join('\n');
      throw new Error(`Kafka did not start; the end of its log:\n${end}`);
    }
    await sleep(50);
  }
};

const javaFlags = (heapMb: number, forShort: boolean): readonly string[] => [
  `-Xmx${heapMb}m`,
  '-XX:+UseSerialGC',
  ...(forShort ? ['-XX:TieredStopAtLevel=1'] : []),
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
];

/**
 * A broker of its own process from the jars of its release, answering on 127.0.0.1 when this resolves. It ends with
 * this process, whatever ends that. @throws Error  with the end of the broker's log
 */
export const startJavaBroker = async (options: JavaBrokerOptions = {}): Promise<JavaBroker> => {
  const { heapMb = 384, startWithinMs = 60_000 } = options;
  const jars = await kafkaJars();
  const { forShort = options.folder === undefined } = options;
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'kafka-')));
  const data = join(folder, 'data');
  const properties = join(folder, 'server.properties');
  const portsFile = join(folder, 'ports.json');
  const log = join(folder, 'server.log');
  await mkdir(folder, { recursive: true });

  const portsBefore = existsSync(portsFile)
    ? (JSON.parse(await readFile(portsFile, 'utf8')) as BrokerPorts)
    : null;
  const [free = 0, controller = 0, other = 0] = await freePorts(3);
  const ports = {
    client: options.port ?? portsBefore?.client ?? free,
    controller: portsBefore?.controller ?? controller,
    other: portsBefore?.other ?? other,
  };
  await writeFile(portsFile, JSON.stringify(ports));
  await writeFile(properties, brokerSettings(data, ports, options.settings));

  const java = [...javaFlags(heapMb, forShort), '-cp', join(jars, '*')];
  if (!existsSync(join(data, 'meta.properties'))) {
    const format = ['kafka.tools.StorageTool', 'format', '--standalone'];
    const id = ['--cluster-id', clusterId(), '--config', properties];
    await run('java', [...java, ...format, ...id, ...(options.format ?? [])]);
  }

  const start = async (): Promise<JavaProcess> => {
    const from = (await logOf(log)).length;
    const broker = await startJava([...java, 'kafka.Kafka', properties], log);
    await untilStarted(broker, log, from, startWithinMs);
    return broker;
  };
  let broker = await start();

  return {
    kind: 'java',
    brokers: [`127.0.0.1:${ports.client}`],
    ports,
    folder,
    get pid() {
      return broker.pid;
    },
    stopHard: () => broker.end('SIGKILL'),
    restart: async () => {
      await broker.end('SIGKILL');
      broker = await start();
    },
    stop: async () => {
      if (options.folder === undefined) {
        await broker.end('SIGKILL');
        await rm(folder, { recursive: true, force: true });
        return;
      }
      const giveUp = setTimeout(() => void broker.end('SIGKILL'), 20_000);
      await broker.end('SIGTERM');
      clearTimeout(giveUp);
    },
  };
};
