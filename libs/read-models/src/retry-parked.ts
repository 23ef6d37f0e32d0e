import type { PublicEvent } from '@city311/kernel';
import type { TopicReader } from '@city311/messaging';

import { takeBatch } from './take-batch.js';
import type { View } from './read-models.js';
import type { ViewRunnerOptions } from './view-runner.js';

/**
 * Tries the parked events of one document in order; those that still cannot be taken stay parked with their new
 * reason. Returns how many were taken.
 */
export const retryParkedKey = async <Doc extends object>(
  { projection, prepare, reader }: Pick<ViewRunnerOptions<Doc>, 'projection' | 'prepare' | 'reader'>,
  view: View<Doc>,
  key: string,
): Promise<number> => {
  const checkpoint = await view.checkpoint();
  const parked = await view.parked({ key });
  if (parked.length === 0 || checkpoint === null) return 0;
  const { events: again, unreadable } = await readAgain(
    reader,
    parked.map(({ event }) => event),
  );
  let taken = 0;
  await takeBatch(
    {
      projection,
      prepare,
      parkedKeys: new Set(),
      take: async (events, add) => {
        const stay = new Set(add.map(({ event }) => event.id));
        const release = parked.map(({ event }) => event.id).filter((id) => !stay.has(id));
        await view.apply(events, checkpoint, { release, add });
        taken = events.length;
      },
    },
    again,
    unreadable,
  );
  return taken;
};

/** Parked events as they are read today; what is private by now is left out. */
const readAgain = async (
  reader: TopicReader,
  parked: readonly PublicEvent[],
): Promise<{ events: readonly PublicEvent[]; unreadable: ReadonlyMap<PublicEvent, unknown> }> => {
  const unreadable = new Map<PublicEvent, unknown>();
  const events = await Promise.all(
    parked.map(async (event) => {
      if (reader.reread === undefined) return event;
      try {
        return await reader.reread(event);
      } catch (error) {
        unreadable.set(event, error);
        return event;
      }
    }),
  );
  return { events: events.filter((event) => event !== null), unreadable };
};
