import { createRequire } from 'node:module';

import type * as Gossip from '@eventstore/db-client/generated/gossip_pb.js';
import type * as GossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import type * as Features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type * as FeaturesService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import type * as Shared from '@eventstore/db-client/generated/shared_pb.js';
import type * as RpcCode from '@eventstore/db-client/generated/code_pb.js';
import type * as RpcStatus from '@eventstore/db-client/generated/status_pb.js';
import type * as Streams from '@eventstore/db-client/generated/streams_pb.js';
import type * as StreamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type * as Any from 'google-protobuf/google/protobuf/any_pb.js';
import type * as Empty from 'google-protobuf/google/protobuf/empty_pb.js';

// Generated CommonJS without names that an ES module could import.
const load = createRequire(import.meta.url);
const generated = '@eventstore/db-client/generated';

/** The definitions that the client itself speaks by: what this server says, the client was made to understand. */
export const streams = load(`${generated}/streams_pb.js`) as typeof Streams;
export const shared = load(`${generated}/shared_pb.js`) as typeof Shared;
export const features = load(`${generated}/serverfeatures_pb.js`) as typeof Features;
export const gossip = load(`${generated}/gossip_pb.js`) as typeof Gossip;
export const { Code: rpcCode } = load(`${generated}/code_pb.js`) as typeof RpcCode;
export const rpcStatus = load(`${generated}/status_pb.js`) as typeof RpcStatus;
export const { FORWARDS: forwards } = streams.ReadReq.Options.ReadDirection;
export const any = load('google-protobuf/google/protobuf/any_pb.js') as typeof Any;
export const empty = load('google-protobuf/google/protobuf/empty_pb.js') as typeof Empty;

export const { StreamsService: streamsService } = load(
  `${generated}/streams_grpc_pb.js`,
) as typeof StreamsService;
export const { ServerFeaturesService: featuresService } = load(
  `${generated}/serverfeatures_grpc_pb.js`,
) as typeof FeaturesService;
export const { GossipService: gossipService } = load(
  `${generated}/gossip_grpc_pb.js`,
) as typeof GossipService;

export type { Features, Gossip, RpcCode, RpcStatus, Shared, Streams };
