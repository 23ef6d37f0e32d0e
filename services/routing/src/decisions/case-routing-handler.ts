import {
  caseRouting,
  type CaseRouting,
  type CaseRoutingCommand,
  type CaseRoutingEvent,
  type CaseRoutingRefusal,
} from '@city311/domain-routing';
import {
  createCommandHandler,
  type BatchCommandHandler,
  type CommandContext,
  type EventStore,
} from '@city311/eventing';
import { streamName, type Instant, type PublicEvent, type StreamName } from '@city311/kernel';

import { caseRoutingCodec } from '../routing.codec.js';

export type CaseRoutingHandler = BatchCommandHandler<
  CaseRouting,
  CaseRoutingCommand,
  CaseRoutingEvent,
  CaseRoutingRefusal
>;

export const createCaseRoutingHandler = (store: EventStore): CaseRoutingHandler =>
  createCommandHandler(store, caseRouting, caseRoutingCodec);

export const routingStream = (caseNumber: string): StreamName => streamName('routing.case', caseNumber);

/** Envelope of what routing makes of a case event at `time`: its case, caused by it. */
export const following = (event: PublicEvent, time: Instant): CommandContext => ({
  source: '/routing',
  subject: event.subject,
  time,
  actor: 'policy:route-case',
  ...(event.channel === undefined ? {} : { channel: event.channel }),
  jurisdiction: event.jurisdiction,
  imported: event.imported,
  correlationId: event.correlationId,
  causationId: event.id,
  ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
});
