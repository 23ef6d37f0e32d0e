import { hasReached, TransientError, type Position, type PublicEvent } from '@city311/kernel';
import type { Database } from 'better-sqlite3';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { foldBatch, keyed, type Change, type KeyedEvent } from '../fold.js';
import { everyPage, onePage, type Fetch } from '../pages.js';
import type {
  Condition,
  GroupedCount,
  Page,
  ParkedEvent,
  Parking,
  Projection,
  Query,
  View,
} from '../read-models.js';
import type { Catalogue, CatalogueRow } from './catalogue.js';
import { countDocs, lastId, SpanCount } from './counts.js';
import { findRows } from './find.js';
import { rowOf } from './evaluate.js';
import type { Generation } from './generation.js';
import { LiveGeneration } from './live-generation.js';
import { ParkedEvents } from './parked-events.js';
import { RecentRows } from '../recent-rows.js';
import type { NewRow, StoredRow } from './row-writer.js';
import type { Signals } from '../signals.js';
import type { SharedCommit } from './shared-commit.js';

import { reading } from './transactions.js';

const safetyPollMs = 100;
/** Documents; some ten milliseconds. */
const countedAtOnce = 4_000;
const idleWriteMs = 1_000;

export interface SqliteViewParts {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly signals: Signals;
  readonly commits: SharedCommit;
  readonly recentDocuments: number;
}

export class SqliteView<Doc extends object> implements View<Doc> {
  readonly live: LiveGeneration<Doc>;
  readonly #types: ReadonlySet<string>;
  readonly #recent: RecentRows<StoredRow<Doc>>;
  readonly #parked: ParkedEvents;
  /** Generation and revision that `#recent` belongs to. */
  #recentOf = '';
  /** Keys with parked events at a generation and revision. */
  #parkedKeys: { readonly of: string; readonly keys: ReadonlySet<string> } | null = null;
  /** Read up to here by this process; what lies between the written checkpoint and it were other topics' events. */
  #seen: Position | null = null;
  #writtenAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly parts: SqliteViewParts,
    private readonly projection: Projection<Doc>,
  ) {
    this.live = new LiveGeneration(parts.database, parts.catalogue, projection);
    this.#types = new Set(projection.types);
    this.#recent = new RecentRows(parts.recentDocuments);
    this.#parked = new ParkedEvents(parts.database, projection.view.name);
  }

  async apply(events: readonly PublicEvent[], checkpoint: Position, parking?: Parking): Promise<void> {
    if (events.length === 0 && parking === undefined && !this.#isTimeToWrite()) {
      this.#reachedTo(checkpoint);
      return;
    }
    const wanted = keyed(this.projection, this.#types, events);
    await this.parts.commits.run(() => this.#applyNow(wanted, checkpoint, parking));
  }

  checkpoint(): Promise<Position | null> {
    return promised(() => this.#reached());
  }

  parked({ key, limit = 1000 }: { key?: string; limit?: number } = {}): Promise<readonly ParkedEvent[]> {
    return promised(() => this.#parked.list(this.live.look().row.generation, key ?? null, limit));
  }

  parkedKeys(): Promise<ReadonlySet<string>> {
    return promised(() => {
      const { row } = this.live.look();
      const now = tagOf(row);
      if (this.#parkedKeys?.of !== now)
        this.#parkedKeys = { of: now, keys: this.#parked.keys(row.generation) };
      return this.#parkedKeys.keys;
    });
  }

  parkedCount(): Promise<number> {
    return promised(() => this.#parked.count(this.live.look().row.generation));
  }

  get(key: string): Promise<Doc | null> {
    return this.#read((generation) => generation.get(key));
  }

  getMany(keys: readonly string[]): Promise<ReadonlyMap<string, Doc>> {
    return this.#read((generation) => generation.getMany(keys));
  }

  find(query: Query): Promise<Page<Doc>> {
    return onePage(this.projection.view.name, query, this.#fetch(query));
  }

  stream(query: Omit<Query, 'limit' | 'cursor'>): AsyncIterable<Doc> {
    return everyPage(this.#fetch(query));
  }

  #fetch(query: Query): Fetch<Doc> {
    return (after, take) =>
      this.#read((generation) => findRows(generation, this.projection.view, query, after, take));
  }

  count(
    query: Pick<Query, 'where' | 'anyOf' | 'within' | 'search'>,
    groupBy: readonly string[] = [],
  ): Promise<readonly GroupedCount[]> {
    return this.#read((generation) => countDocs(generation, this.projection.view, query, groupBy));
  }

  /**
   * In slices, between which others get their turn: a document that changes meanwhile is counted once, as it stood
   * before or after. Where a rebuilt generation takes over in between, the count begins anew.
   */
  async countAsOf(
    at: string,
    where: Readonly<Record<string, Condition>>,
    groupBy: readonly string[],
  ): Promise<readonly GroupedCount[]> {
    const anew = (): SpanCount<Doc> => new SpanCount(this.projection.view, at, where, groupBy);
    let count = anew();
    let counted: number | null = null;
    let from = 0;
    for (;;) {
      const isDone = await this.#read((generation) => {
        if (generation.number !== counted) {
          count = anew();
          counted = generation.number;
          from = 0;
        }
        count.add(generation, from, from + countedAtOnce);
        from += countedAtOnce;
        return from >= lastId(generation);
      });
      if (isDone) return count.result();
      await nextTurn();
    }
  }

  async caughtUp(position: Position, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      if (!this.parts.database.open) return false;
      const reached = this.#reached();
      if (reached !== null && hasReached(reached, position)) return true;
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await this.parts.signals.next(this.projection.view.name, Math.min(left, safetyPollMs));
    }
  }

  /** Moving on over other topics' events alone need not cost a write each time: the next start would pass over them again. */
  #isTimeToWrite(): boolean {
    return performance.now() - this.#writtenAt > idleWriteMs;
  }

  #reached(): Position | null {
    const { checkpoint } = this.live.look().row;
    return this.#seen !== null && (checkpoint === null || this.#seen > checkpoint) ? this.#seen : checkpoint;
  }

  #reachedTo(checkpoint: Position): void {
    if (this.#seen === null || checkpoint > this.#seen) this.#seen = checkpoint;
    this.parts.signals.notify(this.projection.view.name);
  }

  /** Within a transaction; gives back what counts once that is committed. Faults are thrown before the first write. */
  #applyNow(wanted: readonly KeyedEvent[], checkpoint: Position, parking: Parking | undefined): () => void {
    const { row, generation, stale } = this.live.look();
    if (stale) throw new TransientError(`view ${this.projection.view.name} waits for its rebuild`);
    const before = tagOf(row);
    const known = this.#known(generation, before, wanted);
    const changes = foldBatch(this.projection, wanted, (key) => known.get(key));
    const rows = this.#write(generation, changes, known);
    if (parking !== undefined) this.#parked.change(row.generation, parking);
    this.parts.catalogue.moveTo(
      row,
      row.checkpoint !== null && row.checkpoint > checkpoint ? row.checkpoint : checkpoint,
    );
    return () => {
      const after = tagOf({ ...row, revision: row.revision + 1 });
      this.#writtenAt = performance.now();
      this.#recentOf = after;
      for (const [key, stored] of rows) this.#recent.put(key, stored);
      if (this.#parkedKeys?.of === before && parking === undefined)
        this.#parkedKeys = { of: after, keys: this.#parkedKeys.keys };
      this.#reachedTo(checkpoint);
    };
  }

  /** Rows of `keys`, from memory where nobody else has written since. */
  #known(
    generation: Generation<Doc>,
    now: string,
    wanted: readonly KeyedEvent[],
  ): Map<string, StoredRow<Doc>> {
    if (now !== this.#recentOf) this.#recent.clear();
    this.#recentOf = now;
    const rows = new Map<string, StoredRow<Doc>>();
    const missing = new Set<string>();
    for (const { key } of wanted) {
      if (rows.has(key)) continue;
      const row = this.#recent.get(key);
      if (row === undefined) missing.add(key);
      else rows.set(key, row);
    }
    generation.load([...missing], rows);
    return rows;
  }

  #write(
    generation: Generation<Doc>,
    changes: ReadonlyMap<string, Change<Doc>>,
    known: ReadonlyMap<string, StoredRow<Doc>>,
  ): [string, StoredRow<Doc>][] {
    const { name } = this.projection.view;
    // All rows first: whatever a column or an interval throws is thrown before anything is written.
    const rows: [string, NewRow<Doc>][] = [];
    for (const [key, change] of changes)
      rows.push([key, rowOf(generation, name, key, change, known.get(key)?.cells ?? null)]);
    return rows.map(([key, row]) => [key, generation.writer.write(key, known.get(key), row)]);
  }

  #read<Result>(use: (generation: Generation<Doc>) => Result): Promise<Result> {
    return promised(() => reading(this.parts.database, () => use(this.live.readable())));
  }
}

const tagOf = ({ generation, revision }: Pick<CatalogueRow, 'generation' | 'revision'>): string =>
  `${generation}:${revision}`;

/** The driver is synchronous; what it throws becomes a rejection. */
const promised = <Result>(work: () => Result): Promise<Result> =>
  new Promise((resolve) => {
    resolve(work());
  });
