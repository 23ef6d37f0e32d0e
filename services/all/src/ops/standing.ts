import { setTimeout as sleep } from 'node:timers/promises';

import type { Position } from '@city311/kernel';
import { lagCountLimit, type GroupStatus } from '@city311/messaging';
import type { Leases } from '@city311/scheduling';

import type { KnownView } from './known-views.js';
import type { OpsEngines } from './open.js';
import { isRelay, relayLag, relayName, relayPlaces } from './relays.js';

/** Where one relay, consumer group or view stands. */
export interface Standing {
  /** `view:<name>` for a view, `relay:<topic>` for a relay. */
  readonly group: string;
  readonly topic: string;
  /** Null before the first batch. */
  readonly position: Position | null;
  readonly lag: number;
  readonly parked: number;
  /** Who works for it now; null where nobody does. */
  readonly holder: string | null;
  /** A view whose stored shape waits for a rebuild. */
  readonly stale: boolean;
}

/** Whether counting may have stopped there. */
export const isCut = (lag: number): boolean => lag === lagCountLimit;

/**
 * Whether the view has taken all that the log held for its topic when asked; waits for it. Not by `View.caughtUp`: who
 * fills a view need not write down at once that it passed over other topics' events.
 */
export const hasCaughtUp = async (
  { view, topic }: Pick<KnownView, 'view' | 'topic'>,
  engines: Pick<OpsEngines, 'topics' | 'store' | 'relayCheckpoints'>,
  patienceMs: number,
): Promise<boolean> => {
  const deadline = performance.now() + patienceMs;
  let relayed = false;
  for (;;) {
    // First the way to the topic, then the topic: what is behind in neither has arrived.
    relayed ||= (await relayLag(engines, topic)) === 0;
    if (relayed && (await engines.topics.countAfter(topic, await view.checkpoint())) === 0) return true;
    if (performance.now() >= deadline) return false;
    await sleep(100);
  }
};

const holderOf = async (leases: Leases, name: string): Promise<string | null> =>
  (await leases.current(name))?.holder ?? null;

/** Name of the lease that whoever works for it holds. */
export const leaseOf = ({ group, topic }: Pick<Standing, 'group' | 'topic'>): string =>
  isRelay(group) || group.startsWith('view:') ? group : `consumer:${group}:${topic}`;

/** Who works for a group, in few words. */
const workersOf = async (leases: Leases, group: GroupStatus): Promise<string | null> => {
  const { members } = group;
  if (members === undefined) return holderOf(leases, leaseOf(group));
  const [first, ...others] = members;
  if (first === undefined) return null;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
};

/** All relays, groups and views, each with its lag. */
export const standings = async (engines: OpsEngines): Promise<readonly Standing[]> => {
  const { messaging, leases, topics } = engines;
  const groups = await Promise.all(
    (await messaging.groups()).map(async (one) => {
      const { group, topic, position, lag, parked } = one;
      return { group, topic, position, lag, parked, holder: await workersOf(leases, one), stale: false };
    }),
  );
  const relays = await Promise.all(
    (await relayPlaces(engines)).map(async ({ topic, position, lag, held }) => ({
      group: relayName(topic),
      topic,
      position,
      lag,
      parked: held,
      holder: await holderOf(leases, relayName(topic)),
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
      lag: await topics.countAfter(topic, position),
      parked: await view.parkedCount(),
      holder: await holderOf(leases, `view:${name}`),
      stale,
    });
  }
  return [...relays, ...groups, ...views];
};
