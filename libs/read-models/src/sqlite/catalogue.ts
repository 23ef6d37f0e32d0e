import type { Position } from '@city311/kernel';
import type { Database } from 'better-sqlite3';

export type GenerationState = 'live' | 'building' | 'dropping';

export interface CatalogueRow {
  readonly view: string;
  readonly generation: number;
  readonly state: GenerationState;
  readonly version: number;
  /** JSON of the stored shape, see `shapeOf`. */
  readonly shape: string;
  readonly checkpoint: Position | null;
  /** Grows with every batch of any process: whoever finds another than it wrote forgets what it held in memory. */
  readonly revision: number;
  /** Store instance that fills a building generation. */
  readonly builder: string | null;
}

const ddl = `
  CREATE TABLE IF NOT EXISTS view_generations (
    view TEXT NOT NULL, generation INTEGER NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL,
    shape TEXT NOT NULL, checkpoint TEXT, revision INTEGER NOT NULL DEFAULT 0, builder TEXT,
    PRIMARY KEY (view, generation)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS one_live_generation ON view_generations (view) WHERE state = 'live';
  CREATE TABLE IF NOT EXISTS parked_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, view TEXT NOT NULL, generation INTEGER NOT NULL, key TEXT NOT NULL,
    event_id TEXT NOT NULL, stream TEXT NOT NULL, sequence INTEGER NOT NULL, reason TEXT NOT NULL,
    parked_at TEXT NOT NULL, event TEXT NOT NULL, UNIQUE (view, generation, event_id)
  );
  CREATE INDEX IF NOT EXISTS parked_by_key ON parked_events (view, generation, key, id);
`;

/** Which generations of which views the file holds, which of them is live, and how far each has come. */
export class Catalogue {
  readonly #live;
  readonly #one;
  readonly #move;

  constructor(private readonly database: Database) {
    database.exec(ddl);
    this.#live = database.prepare<[string], CatalogueRow>(
      "SELECT * FROM view_generations WHERE view = ? AND state = 'live'",
    );
    this.#one = database.prepare<[string, number], CatalogueRow>(
      'SELECT * FROM view_generations WHERE view = ? AND generation = ?',
    );
    this.#move = database.prepare<[string, number, string, number]>(
      'UPDATE view_generations SET checkpoint = ?, revision = ? WHERE view = ? AND generation = ?',
    );
  }

  live(view: string): CatalogueRow | undefined {
    return this.#live.get(view);
  }

  generation(view: string, generation: number): CatalogueRow | undefined {
    return this.#one.get(view, generation);
  }

  moveTo(row: CatalogueRow, checkpoint: Position): void {
    this.#move.run(checkpoint, row.revision + 1, row.view, row.generation);
  }

  in(state: GenerationState): CatalogueRow[] {
    return this.database
      .prepare<[string], CatalogueRow>('SELECT * FROM view_generations WHERE state = ?')
      .all(state);
  }

  /** A number that no generation of the view has; the caller creates the tables in the same transaction. */
  add(view: string, state: GenerationState, version: number, shape: string, builder: string | null): number {
    const next = this.database
      .prepare<[string], number>(
        'SELECT coalesce(max(generation), 0) + 1 FROM view_generations WHERE view = ?',
      )
      .pluck()
      .get(view);
    const generation = next ?? 1;
    this.database
      .prepare(
        'INSERT INTO view_generations (view, generation, state, version, shape, builder) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(view, generation, state, version, shape, builder);
    return generation;
  }

  setState(view: string, generation: number, state: GenerationState): void {
    this.database
      .prepare('UPDATE view_generations SET state = ? WHERE view = ? AND generation = ?')
      .run(state, view, generation);
  }

  remove(view: string, generation: number): void {
    this.database
      .prepare('DELETE FROM parked_events WHERE view = ? AND generation = ?')
      .run(view, generation);
    this.database
      .prepare('DELETE FROM view_generations WHERE view = ? AND generation = ?')
      .run(view, generation);
  }
}
