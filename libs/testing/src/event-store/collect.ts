import type { EventBatch, EventStore, FollowOptions } from '@city311/eventing';
import type { Category, RecordedEvent } from '@city311/kernel';

/** Events that `follow` yields until there are `count`, or until `timeoutMs` is over: then what came so far. */
export const collectEvents = async (
  store: EventStore,
  categories: readonly Category[],
  count: number,
  options: Partial<Pick<FollowOptions, 'after' | 'batchSize'>> & { readonly timeoutMs?: number } = {},
): Promise<{ readonly events: readonly RecordedEvent[]; readonly batches: readonly EventBatch[] }> => {
  const { after = null, batchSize = 100, timeoutMs = 4_000 } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  const events: RecordedEvent[] = [];
  const batches: EventBatch[] = [];
  for await (const batch of store.follow(categories, { after, batchSize, signal })) {
    batches.push(batch);
    events.push(...batch.events);
    if (events.length >= count) break;
  }
  return { events, batches };
};
