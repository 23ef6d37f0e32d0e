import { hasReached as isAt, TransientError, type Position } from '@city311/kernel';
import type { Database } from 'better-sqlite3';
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Feed, Projection, RebuildOptions } from '../read-models.js';
import { takeBatch, type BatchRules } from '../take-batch.js';
import { closeBuilder, newBuilder } from './builders.js';
import { BulkFill } from './bulk-fill.js';
import type { Catalogue } from './catalogue.js';
import { Generation } from './generation.js';
import { ParkedEvents } from './parked-events.js';
import { shapeOf } from '../shape.js';
import { createIndexes, createTables, tablesOf } from './tables.js';
import { reading, writing } from './transactions.js';

export interface RebuildParts {
  readonly database: Database;
  readonly catalogue: Catalogue;
  /** Documents held in memory before they are written. */
  readonly pendingDocuments: number;
}

/** See `ViewStore.rebuild`. Leaves the generation that lost to be dropped by the caller. */
export const rebuildView = async <Doc extends object>(
  parts: RebuildParts,
  projection: Projection<Doc>,
  feed: Feed,
  options: RebuildOptions,
): Promise<{ readonly events: number }> => {
  const { database, catalogue } = parts;
  const { view } = projection;
  const builder = newBuilder();
  const number = writing(database, () => {
    const added = catalogue.add(view.name, 'building', view.version, JSON.stringify(shapeOf(view)), builder);
    database.exec(createTables(tablesOf(view.name, added), view));
    return added;
  });
  try {
    return await fillAndSwap(parts, projection, number, feed, options);
  } catch (error) {
    if (database.open) giveUp(parts, view.name, number);
    throw error;
  } finally {
    closeBuilder(builder);
  }
};

/**
 * In two stretches: documents up to the live checkpoint, then, with the indexes made, what came in meanwhile. The
 * swap looks at both positions and writes the last documents in one transaction.
 */
const fillAndSwap = async <Doc extends object>(
  parts: RebuildParts,
  projection: Projection<Doc>,
  number: number,
  feed: Feed,
  { until = null, prepare, signal }: RebuildOptions,
): Promise<{ readonly events: number }> => {
  const { database, catalogue } = parts;
  const { name } = projection.view;
  const transact = <Result>(work: () => Result): Result =>
    writing(database, () => {
      checkOurs(catalogue, name, number);
      return work();
    });
  const generation = new Generation(database, projection, number);
  const bulk = new BulkFill(projection, generation, transact, parts.pendingDocuments);
  const take = parkingTake(bulk, new ParkedEvents(database, name), number, transact);
  let events = 0;
  let position: Position | null = null;
  let indexed = false;
  const index = async (): Promise<true> => {
    await bulk.writeAll(signal);
    await createAllIndexes(database, projection, number, transact);
    return true;
  };
  const trySwap = (): boolean =>
    transact(() => {
      if (!isUpTo(position, catalogue.live(name)?.checkpoint ?? null)) return false;
      bulk.writeNow();
      swap(catalogue, name, number, position);
      return true;
    });

  for await (const batch of feed) {
    if (signal?.aborted === true) throw new TransientError('the rebuild was stopped');
    await takeBatch({ projection, prepare, ...take }, batch.events, batch.unreadable);
    await bulk.makeRoom(signal);
    events += batch.events.length;
    position = batch.position;
    const reached = hasReached(position, until, checkpointOf(database, catalogue, name));
    if (!indexed && reached) indexed = await index();
    if (indexed && trySwap()) return { events };
    await nextTurn();
  }
  if (!indexed) await index();
  if (!trySwap()) throw new TransientError(`the feed for ${name} ended before the live checkpoint`);
  return { events };
};

const parkingTake = <Doc extends object>(
  bulk: BulkFill<Doc>,
  parked: ParkedEvents,
  number: number,
  transact: (work: () => void) => void,
): Pick<BatchRules<Doc>, 'parkedKeys' | 'take'> => {
  const parkedKeys = new Set<string>();
  return {
    parkedKeys,
    take: (events, park) =>
      new Promise((resolve) => {
        bulk.absorb(events);
        if (park.length > 0) {
          transact(() => {
            parked.change(number, { add: park });
          });
        }
        for (const { key } of park) parkedKeys.add(key);
        resolve();
      }),
  };
};

const checkOurs = (catalogue: Catalogue, view: string, number: number): void => {
  if (catalogue.generation(view, number)?.state !== 'building') {
    throw new TransientError(`the rebuild of ${view} was given up by another process`);
  }
};

const checkpointOf = (database: Database, catalogue: Catalogue, view: string): Position | null =>
  reading(database, () => catalogue.live(view)?.checkpoint ?? null);

const isUpTo = (position: Position | null, wanted: Position | null): boolean =>
  wanted === null || (position !== null && isAt(position, wanted));

/** Where neither is known the feed is read to its end. */
const hasReached = (position: Position, until: Position | null, live: Position | null): boolean =>
  (until !== null || live !== null) && isUpTo(position, until) && isUpTo(position, live);

/** One index in each transaction; made after the load, which is cheaper than keeping them up to date through it. */
const createAllIndexes = async <Doc extends object>(
  database: Database,
  { view }: Projection<Doc>,
  number: number,
  transact: (work: () => void) => void,
): Promise<void> => {
  const tables = tablesOf(view.name, number);
  for (const sql of [...createIndexes(tables, view), `ANALYZE ${tables.docs}`]) {
    transact(() => {
      database.exec(sql);
    });
    await nextTurn();
  }
};

/** The new generation stands in for the old one for whoever looks from now on. */
const swap = (catalogue: Catalogue, view: string, number: number, position: Position | null): void => {
  const live = catalogue.live(view);
  if (live !== undefined) catalogue.setState(view, live.generation, 'dropping');
  catalogue.setState(view, number, 'live');
  const built = catalogue.live(view);
  if (built !== undefined && position !== null) catalogue.moveTo(built, position);
};

const giveUp = ({ database, catalogue }: RebuildParts, view: string, number: number): void => {
  writing(database, () => {
    if (catalogue.generation(view, number)?.state === 'building')
      catalogue.setState(view, number, 'dropping');
  });
};
