import type { EventStore } from '@city311/eventing';
import type { Category, Position, RecordedEvent } from '@city311/kernel';

import type { answeredAppends } from './child-process.js';

export const wholeLog = async (store: EventStore, category: string): Promise<readonly RecordedEvent[]> => {
  const all: RecordedEvent[] = [];
  let after: Position | null = null;
  for (;;) {
    const { events, position } = await store.readCategories([category as Category], after, 1_000);
    if (events.length === 0) return all;
    all.push(...events);
    after = position;
  }
};

/**
 * What is wrong between the answers that writers got and the log. Model: an answered append lies in the log once,
 * whole, side by side, at the revision answered; an unanswered one lies there once or not at all; revisions of a
 * stream count up from 0. Anomalies: lost, doubled, misplaced, gap.
 */
export const findAnomalies = (
  log: readonly RecordedEvent[],
  answered: ReturnType<typeof answeredAppends>,
): readonly string[] => {
  const anomalies: string[] = [];
  const byId = new Map<string, RecordedEvent>();
  const heads = new Map<string, number>();
  for (const event of log) {
    if (byId.has(event.id)) anomalies.push(`doubled: ${event.id} in ${event.stream}`);
    byId.set(event.id, event);
    const before = heads.get(event.stream) ?? -1;
    if (event.sequence !== before + 1) anomalies.push(`gap: ${event.stream} ${before} -> ${event.sequence}`);
    heads.set(event.stream, event.sequence);
  }
  for (const { stream, revision, ids } of answered) {
    ids.forEach((id, index) => {
      const event = byId.get(id);
      if (event === undefined) anomalies.push(`lost: ${id} of ${stream}`);
      else if (event.stream !== stream || event.sequence !== revision - (ids.length - 1 - index)) {
        anomalies.push(`misplaced: ${id} at ${event.stream} ${event.sequence}`);
      }
    });
  }
  return anomalies;
};
