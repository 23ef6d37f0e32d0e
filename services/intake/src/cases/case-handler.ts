import {
  caseDecider,
  type Case,
  type CaseCommand,
  type CaseRefusal,
  type StoredCaseEvent,
} from '@city311/domain-intake';
import {
  createCommandHandler,
  type CommandContext,
  type CommandHandler,
  type EventStore,
} from '@city311/eventing';
import type { PublicEvent } from '@city311/kernel';

import { caseCodec } from '../case.codec.js';

export type CaseHandler = CommandHandler<Case, CaseCommand, StoredCaseEvent, CaseRefusal>;

export const createCaseHandler = (store: EventStore): CaseHandler =>
  createCommandHandler(store, caseDecider, caseCodec);

/** Envelope of what a policy makes of an event: its time, its case, caused by it. */
export const following = (event: PublicEvent, policy: string): CommandContext => ({
  source: '/intake',
  subject: event.subject,
  time: event.time,
  actor: `policy:${policy}`,
  ...(event.channel === undefined ? {} : { channel: event.channel }),
  jurisdiction: event.jurisdiction,
  imported: event.imported,
  correlationId: event.correlationId,
  causationId: event.id,
  ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
});
