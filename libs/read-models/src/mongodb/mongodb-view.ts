import { hasReached, TransientError, type Position, type PublicEvent } from '@city311/kernel';
import type { mongo } from 'mongoose';

import { keyed } from '../fold.js';
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
import type { Signals } from '../signals.js';
import { Applier } from './applier.js';
import { countAsOfPipeline, counted, countPipeline } from './counts.js';
import { asked, hasMoved, longPatienceMs } from './faults.js';
import { findRows } from './find.js';
import { LiveState } from './live-state.js';
import { ParkedEvents } from './parked-events.js';
import { parseDoc, type Row, type Rows } from './stored.js';

const idleWriteMs = 1_000;
/** How often whoever waits for a position looks at the state: at first often, since most batches come soon. */
const pollMs = { soon: 20, later: 100, soonFor: 300 } as const;

export interface MongoViewParts {
  readonly database: mongo.Db;
  readonly signals: Signals;
  readonly recentDocuments: number;
  readonly isClosed: () => boolean;
}

export class MongoView<Doc extends object> implements View<Doc> {
  readonly live: LiveState<Doc>;
  readonly #rows: Rows;
  readonly #types: ReadonlySet<string>;
  readonly #parked: ParkedEvents;
  readonly #applier: Applier<Doc>;
  /** Keys with parked events at a generation and number of parkings. */
  #parkedKeys: { readonly of: string; readonly keys: ReadonlySet<string> } | null = null;
  /** Read up to here by this process; what lies between the written checkpoint and it were other topics' events. */
  #seen: Position | null = null;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly parts: MongoViewParts,
    private readonly projection: Projection<Doc>,
  ) {
    const { name } = projection.view;
    this.#rows = parts.database.collection<Row>(name);
    this.live = new LiveState(this.#rows, projection.view);
    this.#types = new Set(projection.types);
    this.#parked = new ParkedEvents(parts.database, name);
    this.#applier = new Applier(this.#rows, projection, this.live, this.#parked, parts.recentDocuments);
  }

  async apply(events: readonly PublicEvent[], checkpoint: Position, parking?: Parking): Promise<void> {
    if (events.length === 0 && parking === undefined && !this.#isTimeToWrite()) {
      this.#reachedTo(checkpoint);
      return;
    }
    const wanted = keyed(this.projection, this.#types, events);
    try {
      await this.#inTurn(() => this.#applier.apply(wanted, checkpoint, parking));
    } catch (error) {
      // What was passed over without writing counts no more: the reader begins again at what is stored.
      this.#seen = null;
      throw error;
    }
    this.#writtenAt = performance.now();
    this.#reachedTo(checkpoint);
  }

  async checkpoint(): Promise<Position | null> {
    const { checkpoint } = await this.live.peek();
    return later(checkpoint, this.#seen);
  }

  async parked({ key, limit = 1000 }: { key?: string; limit?: number } = {}): Promise<
    readonly ParkedEvent[]
  > {
    const { generation } = await this.live.peek();
    return this.#parked.list(generation, key ?? null, limit);
  }

  async parkedKeys(): Promise<ReadonlySet<string>> {
    // Who writes knows of every parking, since it would hear of another's when it writes.
    const { generation, parkings } = await (this.#isTimeToWrite() ? this.live.read() : this.live.current());
    const now = `${generation}:${parkings}`;
    if (this.#parkedKeys?.of !== now)
      this.#parkedKeys = { of: now, keys: await this.#parked.keys(generation) };
    return this.#parkedKeys.keys;
  }

  async parkedCount(): Promise<number> {
    return this.#parked.count((await this.live.peek()).generation);
  }

  async get(key: string): Promise<Doc | null> {
    return (await this.getMany([key])).get(key) ?? null;
  }

  getMany(keys: readonly string[]): Promise<ReadonlyMap<string, Doc>> {
    return this.#read(async () => {
      const filter = { _id: { $in: [...keys] }, live: true as const };
      const found = await this.#rows.find<Row>(filter, { projection: { doc: 1 } }).toArray();
      return new Map(found.map(({ _id, doc }) => [String(_id), parseDoc<Doc>(doc)]));
    });
  }

  find(query: Query): Promise<Page<Doc>> {
    return onePage(this.projection.view.name, query, this.#fetch(query));
  }

  stream(query: Omit<Query, 'limit' | 'cursor'>): AsyncIterable<Doc> {
    return everyPage(this.#fetch(query));
  }

  #fetch(query: Query): Fetch<Doc> {
    return (after, take) => this.#read(() => findRows(this.#rows, this.projection.view, query, after, take));
  }

  count(
    query: Pick<Query, 'where' | 'anyOf' | 'within' | 'search'>,
    groupBy: readonly string[] = [],
  ): Promise<readonly GroupedCount[]> {
    return this.#read(
      () => counted(this.#rows, countPipeline(this.projection.view, query, groupBy), groupBy),
      longPatienceMs,
    );
  }

  countAsOf(
    at: string,
    where: Readonly<Record<string, Condition>>,
    groupBy: readonly string[],
  ): Promise<readonly GroupedCount[]> {
    return this.#read(
      () => counted(this.#rows, countAsOfPipeline(this.projection.view, at, where, groupBy), groupBy),
      longPatienceMs,
    );
  }

  async caughtUp(position: Position, timeoutMs: number): Promise<boolean> {
    const start = performance.now();
    for (;;) {
      if (this.parts.isClosed()) return false;
      const reached = this.#hasSeen(position) || isUpTo(await this.checkpoint(), position);
      if (reached) return true;
      const waited = performance.now() - start;
      if (waited >= timeoutMs) return false;
      const poll = waited < pollMs.soonFor ? pollMs.soon : pollMs.later;
      await this.parts.signals.next(this.projection.view.name, Math.min(timeoutMs - waited, poll));
    }
  }

  /** After a swap: nothing held of the generation before it counts. */
  forget(): void {
    this.live.forget();
    this.#applier.forget();
    this.#seen = null;
  }

  /** Moving on over other topics' events alone need not cost a write each time: the next start would pass over them again. */
  #isTimeToWrite(): boolean {
    return performance.now() - this.#writtenAt > idleWriteMs;
  }

  #hasSeen(position: Position): boolean {
    return isUpTo(this.#seen, position);
  }

  #reachedTo(checkpoint: Position): void {
    this.#seen = later(this.#seen, checkpoint);
    this.parts.signals.notify(this.projection.view.name);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** @throws TransientError  the server is away, or the stored shape cannot be read yet */
  #read<Result>(work: () => Promise<Result>, patienceMs?: number): Promise<Result> {
    return asked(async () => {
      if (this.parts.isClosed()) throw new TransientError('the view store is closed');
      await this.live.checkReadable();
      try {
        return await work();
      } catch (error) {
        if (!hasMoved(error)) throw error;
        return work();
      }
    }, patienceMs);
  }
}

const isUpTo = (position: Position | null, wanted: Position): boolean =>
  position !== null && hasReached(position, wanted);

const later = (one: Position | null, other: Position | null): Position | null =>
  one === null || (other !== null && other > one) ? other : one;
