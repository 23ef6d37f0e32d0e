import type { City } from '@city311/city';
import type { Case, CaseCommand, CaseRefusal, StoredCaseEvent } from '@city311/domain-intake';
import type { CommandContext, EventStore, Handled } from '@city311/eventing';
import { streamName, type CaseNumber, type Instant } from '@city311/kernel';

import { FollowParent } from '../incidents/follow-parent.js';
import { createCaseHandler } from './case-handler.js';

/** Null where there is no such case. */
const contextFor = async (
  store: EventStore,
  caseNumber: CaseNumber,
  time: Instant,
  actor: string,
): Promise<CommandContext | null> => {
  const [first] = await store.readStream(streamName('intake.case', caseNumber));
  if (first === undefined) return null;
  const { jurisdiction } = first;
  const correlationId = crypto.randomUUID();
  return {
    source: '/intake',
    subject: caseNumber,
    time,
    actor,
    jurisdiction,
    imported: false,
    correlationId,
  };
};

/**
 * Gives a case a command beside the running services, as an operator's tool does; null where there is no such case.
 * @param actor  `operator:<what is being done>`
 */
export const commandCase = async (
  store: EventStore,
  command: CaseCommand,
  at: Instant,
  actor: string,
): Promise<Handled<Case, StoredCaseEvent, CaseRefusal> | null> => {
  const { caseNumber } = command.data;
  const context = await contextFor(store, caseNumber, at, actor);
  return context && createCaseHandler(store).handle(streamName('intake.case', caseNumber), command, context);
};

/**
 * Brings a case in step with the parent that it follows, by the rules that the incident policy goes by.
 * @throws TransientError  the two do not come to rest; try again
 */
export const settleFollower = async (
  { store, city }: { readonly store: EventStore; readonly city: City },
  caseNumber: CaseNumber,
  at: Instant,
  actor: string,
): Promise<void> => {
  const context = await contextFor(store, caseNumber, at, actor);
  if (context === null) return;
  const follow = new FollowParent(createCaseHandler(store), city);
  await follow.settleUpon(caseNumber, { time: at, imported: false, context });
};

/** The case as its stream tells it now. */
export const readCase = async (store: EventStore, caseNumber: CaseNumber): Promise<Case> =>
  (await createCaseHandler(store).load(streamName('intake.case', caseNumber))).state;
