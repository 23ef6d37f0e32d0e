import type { Standings } from '../http/status.js';
import { topicSources } from '../topic-sources.js';
import type { OverdueCases } from './overdue-cases.js';
import type { Snapshot, ThreadMetrics } from './thread-metrics.js';

const categoryOf = (topic: string): string =>
  topicSources.find((source) => source.topic === topic)?.category ?? topic;

/** Figures of the background thread, with where its consumers and views stand at this moment. */
export const backgroundSnapshot = async (
  metrics: ThreadMetrics,
  overdue: OverdueCases,
  { status, groups, relays }: Standings,
): Promise<Snapshot> => {
  for (const { group, lag, parked } of status.groups) {
    metrics.lag.set({ group }, lag);
    metrics.parked.set({ group }, parked);
  }
  for (const { group, active } of groups) metrics.leases.set({ lease: `consumer:${group}` }, active ? 1 : 0);
  for (const { topic, active, lag, oldestAgeMs } of relays) {
    metrics.relayLag(categoryOf(topic), lag, oldestAgeMs / 1000);
    metrics.leases.set({ lease: `relay:${topic}` }, active ? 1 : 0);
  }
  // A view that cannot be read yet is no reason to tell nothing.
  await overdue.refresh(new Date()).catch(() => undefined);
  return metrics.snapshot();
};
