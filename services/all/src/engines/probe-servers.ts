import { openEventStoreDb } from '@city311/eventing';
import { TransientError } from '@city311/kernel';

import type { Config } from '../config.js';
import { addressOfLog } from './open-log.js';

export type ServerName = 'EventStoreDB' | 'Kafka' | 'MongoDB';

/** Why a server of the settings cannot be used at the moment. */
export interface ServerTrouble {
  readonly server: ServerName;
  /** `away`: it does not answer, and may do so later. `refuses`: it answers, and a setting must be corrected. */
  readonly kind: 'away' | 'refuses';
  /** Without credentials. */
  readonly why: string;
}

const patienceMs = 12_000;

/** Of an error that tells only the name of another, with what that one says. */
const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && message.endsWith(cause.name) ? `${message}: ${cause.message}` : message;
};

/** The connection stands, and one side does not speak the other's TLS or does not trust it. */
const ofTls =
  /SSL routines|wrong version number|self.signed certificate|unable to verify|altname|has expired/i;

/** Null where the server lets us do what every process does at its start. */
const troubleOf = async (
  server: ServerName,
  tryIt: () => Promise<void>,
  isAway: (error: unknown) => boolean,
): Promise<ServerTrouble | null> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TransientError(`no answer in ${patienceMs / 1_000} s`));
    }, patienceMs);
  });
  try {
    await Promise.race([tryIt(), late]);
    return null;
  } catch (error) {
    const why = messageOf(error);
    const mayPass = error instanceof TransientError || isAway(error);
    return { server, kind: mayPass && !ofTls.test(why) ? 'away' : 'refuses', why };
  } finally {
    clearTimeout(timer);
  }
};

const never = (): boolean => false;

const probeEventStore = (config: Config): Promise<ServerTrouble | null> | null => {
  const url = addressOfLog(config);
  if (url === null) return null;
  const tryIt = async (): Promise<void> => {
    const store = await openEventStoreDb({ url, connectTimeoutMs: 4_000 });
    await store.close();
  };
  return troubleOf('EventStoreDB', tryIt, never);
};

const probeKafka = async (config: Config): Promise<ServerTrouble | null> => {
  const { KAFKA_BROKERS: brokers } = config;
  if (brokers === undefined) return null;
  const { BrokerFault, openKafka } = await import('@city311/messaging/kafka');
  const { kafkaSettings } = await import('./topics-on-kafka.js');
  const tryIt = async (): Promise<void> => {
    const kafka = openKafka({ settings: kafkaSettings(config, brokers) });
    try {
      await kafka.administer((admin) => admin.describeCluster());
    } finally {
      await kafka.close();
    }
  };
  const isAway = (error: unknown): boolean => error instanceof BrokerFault && error.kind === 'unreachable';
  return troubleOf('Kafka', tryIt, isAway);
};

const probeMongoDb = async (config: Config): Promise<ServerTrouble | null> => {
  const { MONGODB_URL: url } = config;
  if (url === undefined) return null;
  const { tryRecordsInMongoDb } = await import('./records-in-mongodb.js');
  return troubleOf('MongoDB', () => tryRecordsInMongoDb(config, url), never);
};

/** Tries every server of the settings once, side by side; empty where all can be used. */
export const probeServers = async (config: Config): Promise<readonly ServerTrouble[]> => {
  const probed = await Promise.all([probeEventStore(config), probeKafka(config), probeMongoDb(config)]);
  return probed.filter((trouble) => trouble !== null);
};
