import type { mongo } from 'mongoose';

import { asked } from './faults.js';
import { readState } from './live-state.js';
import { ParkedEvents } from './parked-events.js';
import { viewOfBuilding, type Row } from './stored.js';

/**
 * Drops what rebuilds of the view left behind that nobody has been at for `abandonedMs`, with the events parked for
 * generations that are no more.
 */
export const dropAbandoned = async (database: mongo.Db, view: string, abandonedMs: number): Promise<void> => {
  const listed = await asked(() => database.listCollections({}, { nameOnly: true }).toArray());
  const kept: string[] = [];
  for (const { name } of listed) {
    if (viewOfBuilding(name) !== view) continue;
    const rows = database.collection<Row>(name);
    const state = await readState(rows);
    if (state !== null && Date.now() - state.builtAt < abandonedMs) kept.push(state.generation);
    else await asked(() => rows.drop());
  }
  const live = await readState(database.collection<Row>(view));
  if (live !== null) await new ParkedEvents(database, view).keepOnly([live.generation, ...kept]);
};
