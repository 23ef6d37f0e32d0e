import { setTimeout as sleep } from 'node:timers/promises';

import { hasReached, type Position } from '@city311/kernel';
import { lagCountLimit, type TopicReader } from '@city311/messaging';
import type { Leases } from '@city311/scheduling';

import type { KnownView } from './known-views.js';
import type { OpsEngines } from './open.js';

/** Where one consumer group or view stands. */
export interface Standing {
  /** `view:<name>` for a view. */
  readonly group: string;
  readonly topic: string;
  /** Null before the first batch. */
  readonly position: Position | null;
  readonly lag: number;
  readonly parked: number;
  /** Who works for it now, as its lease says; null where nobody holds one. */
  readonly holder: string | null;
  /** A view whose stored shape waits for a rebuild. */
  readonly stale: boolean;
}

/** A lag above this is told as this. */
export const lagLimit = 10_000;
/** Whether counting stopped there. */
export const isCut = (lag: number): boolean => lag === lagCountLimit || lag >= lagLimit;
/** A reader that stays silent this long has given all there is: the head may lie in another topic. */
const silentMs = 2_000;

/** Events of a topic after a position, counted up to `lagLimit`. */
export const lagBehind = async (
  reader: TopicReader,
  topic: string,
  after: Position | null,
): Promise<number> => {
  const head = await reader.head();
  if (head === null || (after !== null && hasReached(after, head))) return 0;
  const stopping = new AbortController();
  const feed = reader.follow([topic], { after, batchSize: 1_000, signal: stopping.signal });
  const batches = feed[Symbol.asyncIterator]();
  let count = 0;
  try {
    for (;;) {
      const next = await Promise.race([batches.next(), sleep(silentMs, null, { signal: stopping.signal })]);
      if (next === null || next.done === true) break;
      count += next.value.events.length;
      if (hasReached(next.value.position, head) || count >= lagLimit) break;
    }
  } finally {
    stopping.abort();
  }
  return Math.min(count, lagLimit);
};

/**
 * Whether the view has taken all that its topic held when asked; waits for it. Not by `View.caughtUp`: who fills a view
 * need not write down at once that it passed over other topics' events.
 */
export const hasCaughtUp = async (
  { view, topic }: Pick<KnownView, 'view' | 'topic'>,
  reader: TopicReader,
  patienceMs: number,
): Promise<boolean> => {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    if ((await lagBehind(reader, topic, await view.checkpoint())) === 0) return true;
    if (performance.now() >= deadline) return false;
    await sleep(100);
  }
};

const holderOf = async (leases: Leases, name: string): Promise<string | null> =>
  (await leases.current(name))?.holder ?? null;

/** All groups and views, each with its lag. */
export const standings = async (engines: OpsEngines): Promise<readonly Standing[]> => {
  const { messaging, leases, topics } = engines;
  const groups = await Promise.all(
    (await messaging.groups()).map(async ({ group, topic, position, lag, parked }) => ({
      group,
      topic,
      position,
      lag,
      parked,
      holder: await holderOf(leases, `consumer:${group}:${topic}`),
      stale: false,
    })),
  );
  const views: Standing[] = [];
  for (const { name, topic, view, stale } of await engines.knownViews()) {
    const position = await view.checkpoint();
    views.push({
      group: `view:${name}`,
      topic,
      position,
      lag: await lagBehind(topics, topic, position),
      parked: await view.parkedCount(),
      holder: await holderOf(leases, `view:${name}`),
      stale,
    });
  }
  return [...groups, ...views];
};
