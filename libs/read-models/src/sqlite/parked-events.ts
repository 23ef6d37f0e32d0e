import type { PublicEvent } from '@city311/kernel';
import type { Database } from 'better-sqlite3';

import type { ParkedEvent, Parking } from '../read-models.js';

interface ParkedRow {
  readonly key: string;
  readonly reason: string;
  readonly parkedAt: string;
  readonly event: string;
}

const of = 'FROM parked_events WHERE view = ? AND generation = ?';

/** The parked events of one view. They belong to a generation: a rebuild with a repaired projection starts with none. */
export class ParkedEvents {
  readonly #add;
  readonly #release;
  readonly #keys;
  readonly #count;
  readonly #list;

  constructor(
    database: Database,
    private readonly view: string,
  ) {
    this.#add = database.prepare<(string | number)[]>(
      `INSERT INTO parked_events (view, generation, key, event_id, stream, sequence, reason, parked_at, event)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (view, generation, event_id) DO UPDATE SET reason = excluded.reason
       WHERE excluded.reason <> 'queued-behind'`,
    );
    this.#release = database.prepare<[string, number, string]>(`DELETE ${of} AND event_id = ?`);
    this.#keys = database.prepare<[string, number], string>(`SELECT DISTINCT key ${of}`).pluck();
    this.#count = database.prepare<[string, number], number>(`SELECT count(*) ${of}`).pluck();
    this.#list = database.prepare<[string, number, string | null, number], ParkedRow>(
      `SELECT key, reason, parked_at AS parkedAt, event ${of} AND key = coalesce(?, key) ORDER BY id LIMIT ?`,
    );
  }

  change(generation: number, { add = [], release = [] }: Parking): void {
    for (const id of release) this.#release.run(this.view, generation, id);
    const now = new Date().toISOString();
    for (const { key, reason, event } of add) {
      const { id, stream, sequence } = event;
      this.#add.run(this.view, generation, key, id, stream, sequence, reason, now, JSON.stringify(event));
    }
  }

  keys(generation: number): ReadonlySet<string> {
    return new Set(this.#keys.all(this.view, generation));
  }

  count(generation: number): number {
    return this.#count.get(this.view, generation) ?? 0;
  }

  list(generation: number, key: string | null, limit: number): ParkedEvent[] {
    return this.#list.all(this.view, generation, key, limit).map(({ event, ...row }) => ({
      ...row,
      event: JSON.parse(event) as PublicEvent,
    }));
  }
}
