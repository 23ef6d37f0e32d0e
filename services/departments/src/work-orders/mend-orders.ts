import { workOrderId as idOf, type CancelReason, type Route } from '@city311/domain-departments';
import type { CommandContext, EventStore } from '@city311/eventing';
import type { CaseNumber, Instant } from '@city311/kernel';

import { createWorkOrderHandler, onBehalf, workOrderStream } from './work-order-handler.js';

/** An operator's tool, at work on the orders of one case beside the running services. */
export interface Mending {
  readonly caseNumber: CaseNumber;
  /** Sequence of the newest event of the case that is known: what the case said up to then is dealt with. */
  readonly caseRevision: number;
  readonly at: Instant;
  readonly context: Omit<CommandContext, 'source' | 'subject' | 'time'>;
}

const contextOf = ({ caseNumber, at, context }: Mending): CommandContext => ({
  ...context,
  source: '/departments',
  subject: caseNumber,
  time: at,
});

/** Takes back an order that its case does not need; quiet where it is over. */
export const cancelOrder = async (
  store: EventStore,
  workOrderId: string,
  reason: CancelReason,
  mending: Mending,
): Promise<void> => {
  const { at, caseRevision: causedBySequence } = mending;
  await createWorkOrderHandler(store).handle(
    workOrderStream(workOrderId),
    onBehalf(null, { type: 'Cancel', data: { at, reason, causedBySequence } }),
    contextOf(mending),
  );
};

/**
 * Issues the order that a case lacks.
 * @param n  counts the orders of the case from 1; quiet where that one was issued alike meanwhile
 * @throws RangeError  another department got it meanwhile
 */
export const issueOrder = async (
  store: EventStore,
  n: number,
  route: Route,
  mending: Mending,
): Promise<void> => {
  const { caseNumber, at, caseRevision: causedBySequence } = mending;
  const workOrderId = idOf(caseNumber, n);
  const data = { ...route, workOrderId, caseNumber, issuedAt: at, imported: false, causedBySequence };
  const handled = await createWorkOrderHandler(store).handle(
    workOrderStream(workOrderId),
    onBehalf(null, { type: 'IssueWorkOrder', data }),
    contextOf(mending),
  );
  if (handled.outcome === 'refused') throw new RangeError(`${workOrderId}: ${handled.refusal.code}`);
};
