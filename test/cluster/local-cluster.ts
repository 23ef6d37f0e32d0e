import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openEventStoreDb, type EventStore } from '@city311/eventing';

import { faultsSystem } from '../faults/checks/answers.js';
import { createKey } from '../server/create-key.js';
import { startEngines, type EnginePorts, type Engines } from './engines.js';
import { startGateway, type Gateway } from './gateway.js';
import { Replica } from './replica.js';
import { serviceNames, type ServiceName } from './routes.js';

export interface ClusterOptions {
  /** Kept by `stop`. Absent: a temporary folder, removed at the end. */
  readonly folder?: string;
  /** Processes of each service; of the portal one fewer, at least one. Default 2. */
  readonly replicas?: number;
  /** Its engines live for minutes: their code is compiled quickly rather than well. Default: where no folder is given. */
  readonly forShort?: boolean;
  readonly ports?: EnginePorts & { readonly gateway?: number };
  /** Further settings of every service. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default 6. */
  readonly partitions?: number;
  /** Hears what happens, line by line. */
  readonly say?: (line: string) => void;
}

export interface ClusterKeys {
  readonly operator: string;
  readonly channel: string;
}

/** Made once for a folder. */
const kept = (file: string, make: () => string): string => {
  if (!existsSync(file)) writeFileSync(file, make(), { mode: 0o600 });
  return readFileSync(file, 'utf8');
};

const keysOf = async (folder: string, env: Readonly<Record<string, string>>): Promise<ClusterKeys> => {
  const file = join(folder, 'keys.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as ClusterKeys;
  const settings = { ...env, DATA_DIR: join(folder, 'ops') };
  const [operator, channel] = await Promise.all([
    createKey(settings, 'desk', 'operator'),
    createKey(settings, 'adapter', 'channel', faultsSystem),
  ]);
  writeFileSync(file, JSON.stringify({ operator, channel }), { mode: 0o600 });
  return { operator, channel };
};

/** The whole system as separate processes over the cluster's engines, on 127.0.0.1; everything ends with us. */
export class LocalCluster {
  private constructor(
    readonly folder: string,
    readonly engines: Engines,
    readonly replicas: readonly Replica[],
    readonly gateway: Gateway,
    readonly keys: ClusterKeys,
    /** Settings that all services share: what the operators' commands need too. */
    readonly settings: Readonly<Record<string, string>>,
    /** Services that ended by themselves, each with the end of its log. */
    readonly obituaries: readonly string[],
    private readonly isTemporary: boolean,
  ) {}

  /** Resolves when every service is ready. @throws Error  an engine or a service did not start; all others are ended */
  static async start(options: ClusterOptions = {}): Promise<LocalCluster> {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'city311-cluster-'));
    mkdirSync(folder, { recursive: true });
    const say = options.say ?? (() => undefined);
    const remove = (): void => {
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    };
    let engines: Engines;
    try {
      engines = await startEngines(folder, options.ports, options.forShort ?? options.folder === undefined);
    } catch (error) {
      remove();
      throw error;
    }
    say('Kafka, MongoDB (stand-in) and the event store (double) are up');
    const obituaries: string[] = [];
    let replicas: readonly Replica[] = [];
    let gateway: Gateway | null = null;
    try {
      gateway = await startGateway(
        (service) => replicas.flatMap((one) => (one.service === service ? (one.backend() ?? []) : [])),
        options.ports?.gateway,
      );
      const env = {
        EVENTSTORE_URL: engines.eventstore.url,
        KAFKA_BROKERS: engines.kafka.brokers.join(','),
        KAFKA_PARTITIONS: String(options.partitions ?? 6),
        MONGODB_URL: engines.mongodb.url.replace('/?', '/city311?'),
        MASTER_KEY: kept(join(folder, 'master.key'), () => randomBytes(32).toString('base64')),
        ...options.env,
      };
      const onObituary = (says: string): void => {
        obituaries.push(says);
        say(says);
      };
      const count = options.replicas ?? 2;
      replicas = serviceNames.flatMap((service) =>
        Array.from(
          { length: service === 'portal' ? Math.max(1, count - 1) : count },
          (_, index) =>
            new Replica({
              service,
              index,
              folder,
              env: { ...env, PUBLIC_URL: gateway?.url ?? '' },
              onObituary,
            }),
        ),
      );
      const starting = replicas.map(async (one) => {
        await one.start();
        say(`${one.name} is ready`);
      });
      const keys = keysOf(folder, env);
      const failed = (await Promise.allSettled([keys, ...starting])).find(
        ({ status }) => status === 'rejected',
      );
      if (failed?.status === 'rejected') throw failed.reason;
      const isTemporary = options.folder === undefined;
      return new LocalCluster(folder, engines, replicas, gateway, await keys, env, obituaries, isTemporary);
    } catch (error) {
      await Promise.allSettled(replicas.map((one) => one.stop()));
      await gateway?.stop();
      await engines.stop();
      remove();
      throw error;
    }
  }

  get url(): string {
    return this.gateway.url;
  }

  replica(service: ServiceName, index = 0): Replica {
    const found = this.replicas.filter((one) => one.service === service)[index];
    if (found === undefined) throw new RangeError(`there is no ${service}-${index}`);
    return found;
  }

  /** Folders that mails are put into. */
  get mailFolders(): readonly string[] {
    return this.replicas
      .filter(({ service }) => service === 'notifications')
      .map(({ dataDir }) => join(dataDir, 'mail'));
  }

  /** The log, opened beside the services. Close it. */
  openLog(): Promise<EventStore> {
    return openEventStoreDb({ url: this.engines.eventstore.url });
  }

  /** Services in order, then the engines. Safe to call twice. */
  async stop(): Promise<void> {
    await this.gateway.stop().catch(() => undefined);
    await Promise.allSettled(this.replicas.map((one) => one.stop()));
    await this.engines.stop();
    if (this.isTemporary) rmSync(this.folder, { recursive: true, force: true });
  }
}
