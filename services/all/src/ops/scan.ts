import { setImmediate as nextTurn } from 'node:timers/promises';

import type { EventStore } from '@city311/eventing';
import { hasReached, type Category, type Position, type RecordedEvent } from '@city311/kernel';

const page = 2_000;

/** All events of the categories up to the head of the log as it is now, a page at a time, in log order. */
export async function* scanLog(
  store: EventStore,
  categories: readonly string[],
  after: Position | null = null,
): AsyncGenerator<{ readonly events: readonly RecordedEvent[]; readonly position: Position }> {
  const head = await store.head();
  let position = after;
  while (head !== null && (position === null || !hasReached(position, head))) {
    const batch = await store.readCategories(categories as readonly Category[], position, page);
    yield batch;
    if (batch.position === position) return;
    position = batch.position;
    await nextTurn();
  }
}
