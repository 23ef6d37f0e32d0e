import { setTimeout as delay } from 'node:timers/promises';

import { discoverEndpoint } from '@eventstore/db-client/dist/Client/discovery.js';
import { Channel, Metadata } from '@grpc/grpc-js';

import { TransientError } from '@city311/kernel';

import { EventStoreAccessError } from './access-error.js';
import { failureOf, type Failure } from './failures.js';
import { StreamsClient } from './protocol.js';
import type { ConnectionSettings } from './settings.js';

export type StreamsConnection = InstanceType<typeof StreamsClient>;

export interface ConnectionStatus {
  readonly connected: boolean;
  /** Why not; without secrets. */
  readonly trouble: string | null;
}

const keepAliveMs = 10_000;
const mebibyte = 1024 * 1024;
const firstBackoffMs = 50;
const longestBackoffMs = 2_000;

/** Doubling, with a fifth of chance: those that lost one server do not come back to it all at once. */
export const backoffMs = (failures: number): number =>
  Math.min(firstBackoffMs * 2 ** Math.min(failures, 10), longestBackoffMs) * (0.8 + Math.random() * 0.4);

const notYet = 'not connected yet';

/**
 * The way to the server, or to the one of a cluster that leads: found by gossip, followed when another leads, kept up
 * by pings, tried again for ever. All calls share one HTTP/2 connection.
 */
export class Connection {
  private open: { readonly channel: Channel; readonly client: StreamsConnection } | null = null;
  private opening: Promise<StreamsConnection> | null = null;
  private leader: { readonly host: string; readonly port: number } | null = null;
  private failedEndpoint: { address: string; port: number } | undefined;
  private trouble: string | null = notYet;
  private closed = false;

  constructor(
    readonly settings: ConnectionSettings,
    private readonly log: (line: string) => void,
  ) {}

  status(): ConnectionStatus {
    return { connected: this.trouble === null, trouble: this.trouble };
  }

  client(): Promise<StreamsConnection> {
    if (this.closed) return Promise.reject(new TransientError('the log is closed'));
    if (this.open !== null) return Promise.resolve(this.open.client);
    this.opening ??= this.connect().finally(() => {
      this.opening = null;
    });
    return this.opening;
  }

  /** Headers of a call. */
  metadata(): Metadata {
    const { authorization, nodePreference, connectionName } = this.settings;
    const metadata = new Metadata();
    metadata.set('connection-name', connectionName ?? 'city311');
    if (authorization !== null) metadata.set('authorization', authorization);
    if (nodePreference === undefined || nodePreference === 'leader') metadata.set('requires-leader', 'true');
    return metadata;
  }

  succeeded(): void {
    if (this.trouble === null) return;
    const wasAway = this.trouble !== notYet;
    this.trouble = null;
    if (wasAway) this.log(`connected to EventStoreDB at ${this.settings.described}`);
  }

  /** What a failed call of `client` says; the next call goes elsewhere where that helps. */
  failed(client: StreamsConnection | null, error: unknown): Failure {
    const failure = failureOf(error);
    if (failure.kind === 'not-leader') {
      if (client === this.open?.client) {
        this.leader = { host: failure.host, port: failure.port };
        this.leave();
      }
      return failure;
    }
    if (failure.kind === 'away' && !this.closed) {
      if (this.trouble === null) this.log(`EventStoreDB is away: ${failure.message}`);
      this.trouble = failure.message;
      // a channel to the one server there is comes back by itself
      if (client === this.open?.client && (this.isCluster() || this.leader !== null)) {
        this.leader = null;
        this.leave();
      }
    }
    return failure;
  }

  /**
   * Runs a call that may be repeated, until it answers or the time is over.
   * @throws TransientError         no answer in time
   * @throws EventStoreAccessError  not let in
   */
  async repeat<T>(
    what: string,
    timeoutMs: number,
    call: (client: StreamsConnection, deadline: number) => Promise<T>,
  ): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (let failures = 0; ; failures += 1) {
      let client: StreamsConnection | null = null;
      try {
        client = await this.client();
        const answer = await call(client, deadline);
        this.succeeded();
        return answer;
      } catch (error) {
        if (error instanceof TransientError) throw error;
        const failure = this.failed(client, error);
        if (failure.kind === 'denied')
          throw new EventStoreAccessError(`EventStoreDB denies ${what}`, { cause: error });
        if (failure.kind === 'refused')
          throw new Error(`EventStoreDB refuses ${what}: ${failure.message}`, { cause: error });
        const pauseMs = failure.kind === 'not-leader' && failures < 3 ? 0 : backoffMs(failures);
        if (this.closed || Date.now() + pauseMs >= deadline) {
          throw new TransientError(`EventStoreDB did not answer ${what} in time`, { cause: error });
        }
        await delay(pauseMs);
      }
    }
  }

  close(): void {
    this.closed = true;
    this.leave();
  }

  private isCluster(): boolean {
    return this.settings.dnsDiscover || this.settings.hosts.length > 1;
  }

  private leave(): void {
    this.open?.channel.close();
    this.open = null;
  }

  private async endpoint(): Promise<{ address: string; port: number }> {
    if (this.leader !== null) return { address: this.leader.host, port: this.leader.port };
    const { hosts, dnsDiscover, discoveryInterval, gossipTimeout, nodePreference } = this.settings;
    const [first = { address: '', port: 0 }] = hosts;
    if (!this.isCluster()) return first;
    const found = await discoverEndpoint(
      {
        ...(dnsDiscover ? { discover: first } : { endpoints: hosts }),
        maxDiscoverAttempts: 1,
        ...(discoveryInterval === undefined ? {} : { discoveryInterval }),
        gossipTimeout: gossipTimeout ?? 2,
        ...(nodePreference === undefined ? {} : { nodePreference }),
      },
      this.settings.channelCredentials,
      this.failedEndpoint,
    );
    this.failedEndpoint = found;
    return found;
  }

  private async connect(): Promise<StreamsConnection> {
    const { address, port } = await this.endpoint();
    const { keepAliveInterval = keepAliveMs, keepAliveTimeout = keepAliveMs } = this.settings;
    const channel = new Channel(`${address}:${port}`, this.settings.channelCredentials, {
      'grpc.keepalive_time_ms': keepAliveInterval < 0 ? 2 ** 31 - 1 : keepAliveInterval,
      'grpc.keepalive_timeout_ms': keepAliveTimeout < 0 ? 2 ** 31 - 1 : keepAliveTimeout,
      'grpc.keepalive_permit_without_calls': 1,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.min_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': longestBackoffMs,
      'grpc.dns_min_time_between_resolutions_ms': longestBackoffMs,
      'grpc.max_receive_message_length': 17 * mebibyte,
      'grpc.use_local_subchannel_pool': 1,
    });
    const client = new StreamsClient(`${address}:${port}`, this.settings.channelCredentials, {
      channelOverride: channel,
    });
    if (this.closed) channel.close();
    else this.open = { channel, client };
    return client;
  }
}
