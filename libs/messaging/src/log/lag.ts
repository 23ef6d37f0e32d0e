import { setImmediate as breathe } from 'node:timers/promises';

import type { EventStore } from '@city311/eventing';
import type { Category, Position } from '@city311/kernel';

import { lagCountLimit } from '../consumer-groups.js';

const page = 500;

/** Events of a category after a position, at most `lagCountLimit`; read in pages, others have their turn between. */
export const countAfter = async (
  store: Pick<EventStore, 'head' | 'readCategories'>,
  category: Category,
  after: Position | null,
): Promise<number> => {
  const head = await store.head();
  let count = 0;
  let position = after;
  while (head !== null && (position === null || position < head) && count < lagCountLimit) {
    const batch = await store.readCategories([category], position, page);
    count += batch.events.length;
    if (batch.events.length < page) break;
    position = batch.position;
    await breathe();
  }
  return Math.min(count, lagCountLimit);
};
