import { connect as connectPlain, isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

import { Kafka, logLevel, type Admin, type ISocketFactory, type RetryOptions } from 'kafkajs';

import { silentLogger, type MessagingLogger } from '../../consumer-groups.js';
import { keptFor } from '../../kept-for.js';
import { backoffMs } from '../../retry.js';
import { BrokerFault, brokerFault } from './broker-fault.js';
import { kafkaLogger } from './kafka-logger.js';
import { checkKafkaSettings, saslOptions, type KafkaSettings } from './kafka-settings.js';

export type KafkaHealth = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** The way to the brokers, for whoever produces, consumes or administers. */
export interface KafkaConnection {
  /** A client; its producers and consumers connect by themselves. `retry` replaces the default of a few, short. */
  client(retry?: RetryOptions): Kafka;
  /**
   * Resolves once a broker answers; waits for ever, and says why, while none can be reached.
   * @throws BrokerFault  brokers refuse what the settings say (TLS, login, rights), or the signal aborted
   */
  untilReachable(signal?: AbortSignal): Promise<void>;
  /** Whether a broker answers now, at most a second old; for readiness. */
  health(): Promise<KafkaHealth>;
  /** Uses an administrator's connection for one task. @throws BrokerFault */
  administer<Result>(task: (admin: Admin) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface KafkaConnectionOptions {
  readonly settings: KafkaSettings;
  readonly logger?: MessagingLogger;
  /** Wait of the first try again, doubling up to 30 s. Default 500. */
  readonly retryDelayMs?: number;
}

const connectionTimeoutMs = 3_000;
const probeTimeoutMs = 5_000;
const healthKeptMs = 1_000;
const shortRetry: RetryOptions = { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 };

/** Requests are written whole, so waiting to fill packets would only delay them. */
const sockets: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  // The client passes null for no TLS, whatever its types say.
  const tls = ssl as ConnectionOptions | null | undefined;
  const socket = tls
    ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...tls }, onConnect)
    : connectPlain({ host, port }, onConnect);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  return socket;
};

/** Nothing is connected yet. @throws KafkaSettingsError  naming every fault of the settings */
export const openKafka = (options: KafkaConnectionOptions): KafkaConnection => {
  const { settings, logger = silentLogger, retryDelayMs = 500 } = options;
  const tls = checkKafkaSettings(settings);
  const closing = new AbortController();

  const client = (retry: RetryOptions = shortRetry, requestTimeoutMs = 30_000, quiet = false): Kafka =>
    new Kafka({
      brokers: [...settings.brokers],
      clientId: settings.clientId,
      connectionTimeout: connectionTimeoutMs,
      requestTimeout: requestTimeoutMs,
      socketFactory: sockets,
      logLevel: quiet ? logLevel.NOTHING : logLevel.INFO,
      logCreator: kafkaLogger(logger),
      retry,
      ...(tls === null ? {} : { ssl: tls }),
      ...(settings.sasl === undefined ? {} : { sasl: saslOptions(settings.sasl) }),
    });

  /** Each broker of the settings is tried once. */
  const prober = client(
    { retries: settings.brokers.length - 1, initialRetryTime: 50, maxRetryTime: 50 },
    probeTimeoutMs,
    true,
  );
  const withAdmin = async <Result>(
    kafka: Kafka,
    task: (admin: Admin) => Promise<Result>,
  ): Promise<Result> => {
    const admin = kafka.admin();
    try {
      await admin.connect();
      return await task(admin);
    } catch (error) {
      throw brokerFault(error, settings) ?? error;
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  };
  const probe = (): Promise<unknown> => withAdmin(prober, (admin) => admin.describeCluster());

  const untilReachable = async (signal?: AbortSignal): Promise<void> => {
    const until = AbortSignal.any([closing.signal, ...(signal === undefined ? [] : [signal])]);
    for (let attempts = 1, said = ''; ; attempts += 1) {
      try {
        await probe();
        if (attempts > 1) logger.info({ attempts }, 'Kafka answers');
        return;
      } catch (error) {
        if (!(error instanceof BrokerFault) || error.kind !== 'unreachable' || until.aborted) throw error;
        if (error.message !== said) logger.warn({ attempts }, `${error.message}; waiting for it`);
        said = error.message;
        await sleep(backoffMs(attempts, retryDelayMs), undefined, { signal: until }).catch(() => {
          throw error;
        });
      }
    }
  };

  const health = keptFor(healthKeptMs, () =>
    probe().then(
      (): KafkaHealth => ({ ok: true }),
      (error: unknown): KafkaHealth => ({
        ok: false,
        why: error instanceof Error ? error.message : String(error),
      }),
    ),
  );
  return {
    client: (retry) => client(retry),
    untilReachable,
    health,
    administer: (task) => withAdmin(client(), task),
    close: async () => {
      closing.abort();
    },
  };
};
