import type { PublicEvent } from '@city311/kernel';
import type { mongo } from 'mongoose';

import type { ParkedEvent, Parking } from '../read-models.js';
import { asked } from './faults.js';

interface ParkedRow {
  /** View, generation and event. */
  readonly _id: string;
  readonly view: string;
  readonly generation: string;
  readonly key: string;
  readonly reason: string;
  readonly parkedAt: string;
  /** Order of parking. */
  readonly place: number;
  readonly sequence: number;
  /** JSON. */
  readonly event: string;
}

export const parkedCollection = 'view_parked_events';

/** The parked events of one view. They belong to a generation: a rebuild with a repaired projection starts with none. */
export class ParkedEvents {
  readonly #rows: mongo.Collection<ParkedRow>;
  #lastPlace = 0;

  constructor(
    database: mongo.Db,
    private readonly view: string,
  ) {
    this.#rows = database.collection<ParkedRow>(parkedCollection);
  }

  async prepare(): Promise<void> {
    await asked(() =>
      this.#rows.createIndex({ view: 1, generation: 1, key: 1, place: 1 }, { name: 'by_key' }, {}),
    );
  }

  /** Each step may be done again. */
  async change(generation: string, { add = [], release = [] }: Parking): Promise<void> {
    const id = (event: string): string => `${this.view}/${generation}/${event}`;
    if (release.length > 0) await this.#rows.deleteMany({ _id: { $in: release.map(id) } });
    if (add.length === 0) return;
    const parkedAt = new Date().toISOString();
    await this.#rows.bulkWrite(
      add.map(({ key, reason, event }) => {
        const kept = {
          ...{ view: this.view, generation, key, parkedAt, place: this.#nextPlace() },
          ...{ sequence: event.sequence, event: JSON.stringify(event) },
        };
        const update =
          reason === 'queued-behind'
            ? { $setOnInsert: { ...kept, reason } }
            : { $setOnInsert: kept, $set: { reason } };
        return { updateOne: { filter: { _id: id(event.id) }, update, upsert: true } };
      }),
    );
  }

  async keys(generation: string): Promise<ReadonlySet<string>> {
    return new Set(await asked(() => this.#rows.distinct('key', { view: this.view, generation })));
  }

  count(generation: string): Promise<number> {
    return asked(() => this.#rows.countDocuments({ view: this.view, generation }));
  }

  /**
   * In the order of parking; those of one key in the order of their stream, since a batch that was broken off may
   * have parked a later event before an earlier one.
   */
  async list(generation: string, key: string | null, limit: number): Promise<ParkedEvent[]> {
    const rows = await asked(() =>
      this.#rows
        .find({ view: this.view, generation, ...(key === null ? {} : { key }) })
        .sort(key === null ? { place: 1 } : { sequence: 1 })
        .limit(limit)
        .toArray(),
    );
    return rows.map(({ key: of, reason, parkedAt, event }) => ({
      ...{ key: of, reason, parkedAt },
      event: JSON.parse(event) as PublicEvent,
    }));
  }

  /** Forgets what was parked for generations that are no more. */
  async keepOnly(generations: readonly string[]): Promise<void> {
    await asked(() => this.#rows.deleteMany({ view: this.view, generation: { $nin: [...generations] } }));
  }

  /** Grows in this process as in time. */
  #nextPlace(): number {
    this.#lastPlace = Math.max(this.#lastPlace + 1, Date.now() * 1000);
    return this.#lastPlace;
  }
}
