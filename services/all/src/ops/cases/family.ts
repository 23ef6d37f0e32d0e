import {
  orderStandingOf,
  standingOf,
  type CaseEvent,
  type CaseStanding,
  type Known,
  type OrderStanding,
  type WorkOrderEvent,
} from '@city311/contracts';
import { workOrderTopicSource } from '@city311/departments';
import type { EventStore } from '@city311/eventing';
import { caseTopicSource } from '@city311/intake';
import { streamName, type PublicEvent, type RecordedEvent, type StreamName } from '@city311/kernel';
import type { TopicSource } from '@city311/messaging';

/** More parents above one another than that are no family but a circle. */
const mostGenerations = 50;

type Store = Pick<EventStore, 'readStreams'>;

/** Cases with their parents, parents' parents and all their orders; and those whose streams this program cannot read. */
export interface Families extends Pick<Known, 'cases' | 'orders'> {
  readonly unreadable: ReadonlySet<string>;
}

const translated = <Event extends PublicEvent>(
  source: TopicSource,
  stored: readonly RecordedEvent[],
): readonly Event[] => stored.flatMap((event) => (source.translate(event) as Event | null) ?? []);

const read = async (
  store: Store,
  numbers: readonly string[],
): Promise<{ readonly found: readonly CaseStanding[]; readonly unreadable: readonly string[] }> => {
  const streams = await store.readStreams(numbers.map((number) => streamName('intake.case', number)));
  const found: CaseStanding[] = [];
  const unreadable: string[] = [];
  for (const number of numbers) {
    try {
      const stored = streams.get(streamName('intake.case', number)) ?? [];
      const standing = standingOf(translated<CaseEvent>(caseTopicSource, stored));
      if (standing !== null) found.push(standing);
    } catch {
      unreadable.push(number);
    }
  }
  return { found, unreadable };
};

/** Of each case, its orders from the first on. They are numbered without a gap: nearly always none or one, so that two reads do. */
const readOrders = async (
  store: Store,
  numbers: Iterable<string>,
): Promise<ReadonlyMap<string, readonly OrderStanding[]>> => {
  const orders = new Map<string, OrderStanding[]>();
  let asking = [...numbers];
  for (let n = 1; asking.length > 0; n += 1) {
    const streamOf = (number: string): StreamName => streamName('departments.workorder', `${number}-${n}`);
    const streams = await store.readStreams(asking.map(streamOf));
    const more: string[] = [];
    for (const number of asking) {
      const stored = streams.get(streamOf(number)) ?? [];
      const standing = orderStandingOf(translated<WorkOrderEvent>(workOrderTopicSource, stored));
      if (standing === null) continue;
      orders.set(number, [...(orders.get(number) ?? []), standing]);
      more.push(number);
    }
    asking = more;
  }
  return orders;
};

/** Reads what must be known to judge these cases; a case that does not exist has no entry. */
export const readFamilies = async (store: Store, numbers: readonly string[]): Promise<Families> => {
  const cases = new Map<string, CaseStanding>();
  const unreadable = new Set<string>();
  let asking = [...new Set(numbers)];
  for (let generation = 0; asking.length > 0 && generation < mostGenerations; generation += 1) {
    const { found, unreadable: broken } = await read(store, asking);
    for (const standing of found) cases.set(standing.caseNumber, standing);
    for (const number of broken) unreadable.add(number);
    const above = found.flatMap(({ parent, closedWith }) => [parent, closedWith]);
    asking = [...new Set(above)].filter(
      (number) => number !== null && !cases.has(number) && !unreadable.has(number),
    ) as string[];
  }
  return { cases, orders: await readOrders(store, cases.keys()), unreadable };
};
