import { createServer, type Socket } from 'node:net';

import {
  Server,
  ServerCredentials,
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
} from '@grpc/grpc-js';

import { handleAppend, handleBatchAppend } from './append-calls.js';
import { noFaults, type Faults } from './faults.js';
import { Journal } from './journal.js';
import {
  features,
  featuresService,
  gossip,
  gossipService,
  shared,
  streamsService,
  type Features,
  type Gossip,
  type Shared,
  type Streams,
} from './protocol.js';
import { handleRead, type Answer } from './read-call.js';
import type { ServerContext } from './server-context.js';

export interface DoubleOptions {
  /** Holds `events.journal`. */
  readonly folder: string;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly maxAppendBytes?: number;
  /** Wanted of every call; the client sends them over TLS only. */
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly tls?: { readonly key: string; readonly certificate: string };
  /** What gossip says of this server. */
  readonly state?: 'leader' | 'follower';
}

export interface EventStoreDouble {
  readonly port: number;
  /** As EVENTSTORE_URL, without credentials. */
  readonly url: string;
  /** Write to it: what goes wrong from now on. */
  readonly faults: Faults;
  /** Calls begun since the start, by name; under `message`, what reads and subscriptions sent. */
  readonly calls: ReadonlyMap<string, number>;
  /** Cuts every connection, as a network does: without a word. */
  readonly dropConnections: () => void;
  stop(): Promise<void>;
}

const version = '23.10.2';
const mebibyte = 1024 * 1024;

const supported = (): Features.SupportedMethods => {
  const method = (service: string, name: string, list: string[]): Features.SupportedMethod =>
    new features.SupportedMethod().setServiceName(service).setMethodName(name).setFeaturesList(list);
  const service = 'event_store.client.streams.streams';
  return new features.SupportedMethods()
    .setEventStoreServerVersion(version)
    .setMethodsList([
      method(service, 'read', ['position', 'events']),
      method(service, 'append', []),
      method(service, 'batchappend', ['deadline_duration']),
      method('event_store.client.gossip.gossip', 'read', []),
    ]);
};

const members = (port: number, state: DoubleOptions['state']): Gossip.ClusterInfo => {
  const { VNodeState } = gossip.MemberInfo;
  const member = new gossip.MemberInfo()
    .setInstanceId(new shared.UUID().setString('00000000-0000-4000-8000-000000000001'))
    .setTimeStamp(`${Date.now()}0000`)
    .setState(state === 'follower' ? VNodeState.FOLLOWER : VNodeState.LEADER)
    .setIsAlive(true)
    .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port));
  return new gossip.ClusterInfo().setMembersList([member]);
};

/** Answers that lie in the journal as bytes go out as they are. */
const readService = {
  ...streamsService.read,
  responseSerialize: (answer: Answer): Buffer =>
    Buffer.isBuffer(answer) ? answer : Buffer.from(answer.serializeBinary()),
};

const credentialsOf = (tls: DoubleOptions['tls']): ServerCredentials =>
  tls === undefined
    ? ServerCredentials.createInsecure()
    : ServerCredentials.createSsl(null, [
        { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.certificate) },
      ]);

/**
 * A server that speaks as much of EventStoreDB's protocol as the client asks for, with the real one's rules, errors and
 * promise: fsync before the answer, and after kill -9 all that was answered. It is a double: no cluster, no projections,
 * no deletion, no links.
 */
export const startEventStoreDouble = async (options: DoubleOptions): Promise<EventStoreDouble> => {
  const journal = await Journal.open(options.folder);
  const sockets = new Set<Socket>();
  const calls = new Map<string, number>();
  const count = (name: string): void => void calls.set(name, (calls.get(name) ?? 0) + 1);
  const dropConnections = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const context: ServerContext = {
    journal,
    faults: noFaults(),
    maxAppendBytes: options.maxAppendBytes ?? mebibyte,
    credentials: options.credentials ?? null,
    dropConnections,
    count,
  };

  const read: handleServerStreamingCall<Streams.ReadReq, Answer> = (call) => {
    count('read');
    void handleRead(context, call);
  };
  const append: handleClientStreamingCall<Streams.AppendReq, Streams.AppendResp> = (call, answer) => {
    count('append');
    handleAppend(context, call, answer);
  };
  const batchAppend: handleBidiStreamingCall<Streams.BatchAppendReq, Streams.BatchAppendResp> = (call) => {
    count('batchAppend');
    handleBatchAppend(context, call);
  };
  const getSupportedMethods: handleUnaryCall<Shared.Empty, Features.SupportedMethods> = (_call, answer) => {
    answer(null, supported());
  };
  const gossipRead: handleUnaryCall<Shared.Empty, Gossip.ClusterInfo> = (_call, answer) => {
    answer(null, members(port, options.state));
  };

  const server = new Server({
    'grpc.max_receive_message_length': 17 * mebibyte,
    'grpc.keepalive_permit_without_calls': 1,
  });
  const { batchAppend: batchDefinition, append: appendDefinition } = streamsService;
  server.addService(
    { read: readService, append: appendDefinition, batchAppend: batchDefinition },
    {
      read,
      append,
      batchAppend,
    },
  );
  server.addService(featuresService, { getSupportedMethods });
  server.addService(gossipService, { read: gossipRead });

  const injector = server.createConnectionInjector(credentialsOf(options.tls));
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => undefined);
    injector.injectConnection(socket);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  return {
    port,
    url: `esdb://127.0.0.1:${port}?tls=${options.tls !== undefined}`,
    faults: context.faults,
    calls,
    dropConnections,
    async stop() {
      const closed = new Promise((resolve) => listener.close(resolve));
      dropConnections();
      injector.destroy();
      server.forceShutdown();
      await closed;
      await journal.close();
    },
  };
};
