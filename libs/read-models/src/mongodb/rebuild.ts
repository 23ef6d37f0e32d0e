import { hasReached as isAt, TransientError, type Position } from '@city311/kernel';
import type { Connection, mongo } from 'mongoose';
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Feed, Projection, RebuildOptions } from '../read-models.js';
import { takeBatch } from '../take-batch.js';
import { BulkFill } from './bulk-fill.js';
import { asked } from './faults.js';
import { keepIndexes } from './indexes.js';
import { newState, readState } from './live-state.js';
import { ParkedEvents } from './parked-events.js';
import { buildingName, stateId, type Row, type Rows, type StoredState } from './stored.js';

export interface RebuildParts {
  readonly connection: Connection;
  readonly database: mongo.Db;
  /** Documents held in memory before they are written. */
  readonly pendingDocuments: number;
}

/** Long enough for a rename, short enough for a view whose rebuild died in between. */
const frozenMs = 10_000;
const heartbeatMs = 5_000;

/** See `ViewStore.rebuild`. */
export const rebuildView = async <Doc extends object>(
  parts: RebuildParts,
  projection: Projection<Doc>,
  feed: Feed,
  options: RebuildOptions,
): Promise<{ readonly events: number }> => {
  const state = { ...newState(projection.view), builtAt: Date.now() };
  const rows = parts.database.collection<Row>(buildingName(projection.view.name, state.generation));
  await asked(() => rows.insertOne(state));
  const beat = setInterval(() => {
    // Only tells others that somebody is at work; what cannot be written shows in the rebuild itself.
    rows.updateOne({ _id: stateId }, { $set: { builtAt: Date.now() } }).catch(() => undefined);
  }, heartbeatMs);
  try {
    return await new Rebuild(parts, projection, state, rows).run(feed, options);
  } catch (error) {
    // What cannot be dropped now is dropped as a leftover.
    await asked(() => rows.drop()).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(beat);
    if (rows.collectionName in parts.connection.models) parts.connection.deleteModel(rows.collectionName);
  }
};

class Rebuild<Doc extends object> {
  readonly #live: Rows;
  readonly #parked: ParkedEvents;
  readonly #bulk: BulkFill<Doc>;
  #parkings = 0;

  constructor(
    private readonly parts: RebuildParts,
    private readonly projection: Projection<Doc>,
    private readonly state: StoredState,
    private readonly rows: Rows,
  ) {
    const { name } = projection.view;
    this.#live = parts.database.collection<Row>(name);
    this.#parked = new ParkedEvents(parts.database, name);
    this.#bulk = new BulkFill(projection, rows, state.generation, parts.pendingDocuments);
  }

  /**
   * In two stretches: documents up to the live checkpoint, then, with the indexes made, what came in meanwhile until
   * both stand at the same position.
   */
  async run(
    feed: Feed,
    { until = null, prepare, signal }: RebuildOptions,
  ): Promise<{ readonly events: number }> {
    const { name } = this.projection.view;
    const take = this.#parkingTake();
    let events = 0;
    let position: Position | null = null;
    let indexed = false;
    let live = (await readState(this.#live))?.checkpoint ?? null;
    for await (const batch of feed) {
      if (signal?.aborted === true) throw new TransientError('the rebuild was stopped');
      await takeBatch({ projection: this.projection, prepare, ...take }, batch.events, batch.unreadable);
      await this.#bulk.makeRoom();
      events += batch.events.length;
      position = batch.position;
      await nextTurn();
      // It only moves on: before the place where it once stood there is no need to ask where it is.
      if (!isUpTo(position, until) || !isUpTo(position, live)) continue;
      live = (await readState(this.#live))?.checkpoint ?? null;
      if (!indexed && hasReached(position, until, live)) {
        await this.#index();
        indexed = true;
      }
      if (indexed && (await this.#trySwap(position))) return { events };
    }
    if (!indexed) await this.#index();
    if (!(await this.#trySwap(position)))
      throw new TransientError(`the feed for ${name} ended before the live checkpoint`);
    return { events };
  }

  #parkingTake(): Pick<Parameters<typeof takeBatch<Doc>>[0], 'parkedKeys' | 'take'> {
    const parkedKeys = new Set<string>();
    return {
      parkedKeys,
      take: async (events, park) => {
        await this.#bulk.absorb(events);
        if (park.length === 0) return;
        await asked(() => this.#parked.change(this.state.generation, { add: park }));
        this.#parkings += 1;
        for (const { key } of park) parkedKeys.add(key);
      },
    };
  }

  /** After the load, which is cheaper than keeping them up to date through it. */
  async #index(): Promise<void> {
    await this.#bulk.writeAll();
    await keepIndexes(this.parts.connection, this.projection.view, this.rows.collectionName);
  }

  /** False while the live one is ahead. */
  async #trySwap(position: Position | null): Promise<boolean> {
    const live = await readState(this.#live);
    if (!isUpTo(position, live?.checkpoint ?? null)) return false;
    await this.#bulk.writeAll();
    await this.#markDone(position);
    if (live !== null && !(await this.#freeze(live))) return false;
    try {
      await asked(() => this.rows.rename(this.projection.view.name, { dropTarget: true }));
    } catch (error) {
      // The answer may have been lost on its way.
      const now = await readState(this.#live).catch(() => null);
      if (now?.generation !== this.state.generation) {
        await this.#thaw(live);
        throw error;
      }
    }
    return true;
  }

  async #markDone(checkpoint: Position | null): Promise<void> {
    const done = { checkpoint, revision: 1, parkings: this.#parkings, builtAt: Date.now() };
    const marked = await asked(() => this.rows.updateOne({ _id: stateId }, { $set: done }));
    if (marked.matchedCount === 0)
      throw new TransientError(`the rebuild of ${this.projection.view.name} was given up by another process`);
  }

  /** From here on nobody applies to the live one. False where somebody has applied since it was read. */
  async #freeze({ generation, revision }: StoredState): Promise<boolean> {
    const filter = { _id: stateId, generation, revision };
    const freeze = { $set: { frozenUntil: Date.now() + frozenMs }, $inc: { revision: 1 } };
    return (await asked(() => this.#live.updateOne(filter, freeze))).matchedCount === 1;
  }

  async #thaw(live: StoredState | null): Promise<void> {
    if (live === null) return;
    const filter = { _id: stateId, generation: live.generation };
    // It thaws by itself where this fails.
    await asked(() => this.#live.updateOne(filter, { $set: { frozenUntil: 0 } })).catch(() => undefined);
  }
}

const isUpTo = (position: Position | null, wanted: Position | null): boolean =>
  wanted === null || (position !== null && isAt(position, wanted));

/** Where neither is known the feed is read to its end. */
const hasReached = (position: Position, until: Position | null, live: Position | null): boolean =>
  (until !== null || live !== null) && isUpTo(position, until) && isUpTo(position, live);
