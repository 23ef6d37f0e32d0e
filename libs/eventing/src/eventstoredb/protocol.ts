import { createRequire } from 'node:module';

import type * as Shared from '@eventstore/db-client/generated/shared_pb.js';
import type * as Streams from '@eventstore/db-client/generated/streams_pb.js';
import type * as StreamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';

// Generated CommonJS without names that an ES module could import.
const load = createRequire(import.meta.url);
const generated = '@eventstore/db-client/generated';

/** EventStoreDB's protocol, from the client's package. */
export const streams = load(`${generated}/streams_pb.js`) as typeof Streams;
export const shared = load(`${generated}/shared_pb.js`) as typeof Shared;
const service = load(`${generated}/streams_grpc_pb.js`) as typeof StreamsService;
export const { StreamsClient, StreamsService: streamsService } = service;
export const { FORWARDS: forwards, BACKWARDS: backwards } = streams.ReadReq.Options.ReadDirection;

export type { Streams };
export type Recorded = Streams.ReadResp.ReadEvent.RecordedEvent;
