import { takeBatch } from './take-batch.js';
import type { View } from './read-models.js';
import type { ViewRunnerOptions } from './view-runner.js';

/**
 * Tries the parked events of one document in order; those that still cannot be taken stay parked with their new
 * reason. Returns how many were taken.
 */
export const retryParkedKey = async <Doc extends object>(
  { projection, prepare }: Pick<ViewRunnerOptions<Doc>, 'projection' | 'prepare'>,
  view: View<Doc>,
  key: string,
): Promise<number> => {
  const checkpoint = await view.checkpoint();
  const parked = await view.parked({ key });
  if (parked.length === 0 || checkpoint === null) return 0;
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
    parked.map(({ event }) => event),
  );
  return taken;
};
