import { EventTooLargeError, VersionConflictError, type EventStore, type NewEvent } from '@city311/eventing';
import { TransientError } from '@city311/kernel';

import type { WriteOutcomes } from './write-outcomes.js';
import { noticeOutcomes, type ThreadMetrics } from './thread-metrics.js';

const reasonOf = (error: unknown): string => {
  if (error instanceof VersionConflictError) return 'conflict';
  if (error instanceof EventTooLargeError) return 'too-large';
  return error instanceof TransientError ? 'unavailable' : 'defect';
};

/** The same log; what this process writes to it is counted once it is durable. */
export const meteredStore = (
  store: EventStore,
  metrics: ThreadMetrics,
  channels: readonly string[],
  { failed, worked }: WriteOutcomes,
): EventStore => {
  metrics.startAtZero(channels);
  const knownChannels = new Set(channels);
  const thread = { thread: metrics.thread };

  const count = ({ type, channel = '', imported }: NewEvent): void => {
    metrics.eventsAppended.add(type);
    if (type === 'intake.CaseOpened.v1')
      metrics.reportsAccepted.add(`${knownChannels.has(channel) ? channel : 'other'}\t${imported}`);
    const outcome = noticeOutcomes.get(type);
    if (outcome !== undefined) metrics.notices.add(outcome);
  };

  return {
    append: async (stream, events, expected) => {
      const askedAt = performance.now();
      try {
        const appended = await store.append(stream, events, expected);
        worked('the event store');
        for (const event of events) count(event);
        return appended;
      } catch (error) {
        failed('the event store', error);
        metrics.appendFailures.inc({ reason: reasonOf(error) });
        throw error;
      } finally {
        metrics.appends.observe(thread, (performance.now() - askedAt) / 1_000);
      }
    },
    readStream: (stream, from) => store.readStream(stream, from),
    readStreams: (streams) => store.readStreams(streams),
    readCategories: (categories, after, max) => store.readCategories(categories, after, max),
    follow: (categories, options) => store.follow(categories, options),
    head: () => store.head(),
    close: () => store.close(),
  };
};
