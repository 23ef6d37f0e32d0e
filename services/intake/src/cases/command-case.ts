import type { Case, CaseCommand, CaseRefusal, StoredCaseEvent } from '@city311/domain-intake';
import type { EventStore, Handled } from '@city311/eventing';
import { streamName, type CaseNumber, type Instant } from '@city311/kernel';

import { createCaseHandler } from './case-handler.js';

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
  const stream = streamName('intake.case', caseNumber);
  const [first] = await store.readStream(stream);
  if (first === undefined) return null;
  return createCaseHandler(store).handle(stream, command, {
    source: '/intake',
    subject: caseNumber,
    time: at,
    actor,
    jurisdiction: first.jurisdiction,
    imported: false,
    correlationId: crypto.randomUUID(),
  });
};

/** The case as its stream tells it now. */
export const readCase = async (store: EventStore, caseNumber: CaseNumber): Promise<Case> =>
  (await createCaseHandler(store).load(streamName('intake.case', caseNumber))).state;
