import type { Position, PublicEvent } from '@city311/kernel';

export type ColumnValue = string | number | boolean | null;

/** A member of the document lifted out, so that queries can filter, sort and group by it. */
export interface Column<Doc> {
  readonly type: 'text' | 'integer' | 'real' | 'boolean';
  readonly value: (doc: Doc) => ColumnValue;
}

/** A stretch of time in which `values` held: `from` inclusive, `to` exclusive, null = still so. ISO 8601 UTC. */
export interface Interval {
  readonly from: string;
  readonly to: string | null;
  readonly values: Readonly<Record<string, ColumnValue>>;
}

/** Shape and indexes of a view, declared once for every adapter. A document projects exactly one stream. */
export interface ViewDeclaration<Doc extends object> {
  /** snake_case plural; the collection's or table's name. */
  readonly name: string;
  /** Raise it when the document's shape changes: the view is then rebuilt at start. */
  readonly version: number;
  /** Oldest version whose documents the queries of this one still read; they go on being served while it is rebuilt. */
  readonly readableFrom?: number;
  readonly columns: Readonly<Record<string, Column<Doc>>>;
  /** Column names, most selective first; ready-made for the declared queries. */
  readonly indexes: readonly (readonly string[])[];
  /** Public words to search; null for none. */
  readonly searchText?: (doc: Doc) => string | null;
  /** Names of the `latitude` and `longitude` columns, for queries by area. */
  readonly area?: { readonly latitude: string; readonly longitude: string };
  /** Where the view answers for the past: its grouping columns and the document's stretches of time. */
  readonly intervals?: {
    readonly columns: Readonly<Record<string, 'text' | 'integer' | 'real' | 'boolean'>>;
    readonly of: (doc: Doc) => readonly Interval[];
  };
}

/**
 * Pure: the document after the event, as plain JSON. Returning `doc` itself says that nothing changed; null removes
 * it. `doc` is shared and must not be changed in place. Events of other types than `types` never reach it.
 */
export interface Projection<Doc extends object> {
  readonly view: ViewDeclaration<Doc>;
  readonly types: readonly string[];
  readonly keyOf: (event: PublicEvent) => string;
  readonly apply: (doc: Doc | null, event: PublicEvent) => Doc | null;
}

export type Condition =
  | ColumnValue
  | { readonly in: readonly ColumnValue[] }
  | {
      readonly gte?: ColumnValue;
      readonly gt?: ColumnValue;
      readonly lt?: ColumnValue;
      readonly lte?: ColumnValue;
    }
  | { readonly not: ColumnValue };

export interface Query {
  readonly where?: Readonly<Record<string, Condition>>;
  /** All conditions of one of these as well. */
  readonly anyOf?: readonly Readonly<Record<string, Condition>>[];
  /** Edges included; `west` greater than `east` crosses the date line. */
  readonly within?: {
    readonly south: number;
    readonly west: number;
    readonly north: number;
    readonly east: number;
  };
  /** Every word of it occurs in the search text, as `searchWords` cuts words; text without a word finds nothing. */
  readonly search?: string;
  /** Null is the lowest value. Ties go by key, in the direction of the last column. */
  readonly orderBy?: readonly { readonly column: string; readonly direction: 'asc' | 'desc' }[];
  /** 1 to 10,000; 100 where it is left out. */
  readonly limit?: number;
  /** From a page's `next`; stays valid while documents come and go. @throws RangeError  not a cursor of this query */
  readonly cursor?: string;
}

export interface Page<Doc> {
  readonly items: readonly Doc[];
  readonly next: string | null;
}

export interface GroupedCount {
  readonly group: Readonly<Record<string, ColumnValue>>;
  readonly count: number;
}

/** An event that the projection could not take, or that queues behind one of the same document. */
export interface ParkedEvent {
  readonly key: string;
  /** Why the first event of the document was parked; `queued-behind` for those after it. */
  readonly reason: string;
  readonly parkedAt: string;
  /** As the topic gave it, before any text was revealed. */
  readonly event: PublicEvent;
}

/** Goes with a batch, in its transaction. */
export interface Parking {
  /** One that is parked already keeps its place; a reason other than `queued-behind` replaces the one it has. */
  readonly add?: readonly Omit<ParkedEvent, 'parkedAt'>[];
  /** Ids of parked events that were dealt with. */
  readonly release?: readonly string[];
}

/**
 * Columns named in a query must be declared: anything else, and a condition of no known form, is a RangeError.
 * Readers throw TransientError while the stored shape cannot be read and the rebuild is not done.
 */
export interface View<Doc extends object> {
  /**
   * Applies a batch and moves the checkpoint in one transaction; an older checkpoint never replaces a newer one.
   * An event at or below the sequence that the document has seen is a duplicate and passed over. A gap is no error:
   * a topic hides its producer's private events, so that the sequences it shows have holes.
   * @throws ProjectionFaultError  the projection, a column or an interval threw; nothing of the batch was applied
   * @throws TransientError        the store cannot write now, or this view's version is not the stored one
   */
  apply(events: readonly PublicEvent[], checkpoint: Position, parking?: Parking): Promise<void>;
  checkpoint(): Promise<Position | null>;
  /** In the order of parking, at most `limit` (1,000). */
  parked(filter?: { readonly key?: string; readonly limit?: number }): Promise<readonly ParkedEvent[]>;
  /** Keys of documents with parked events. */
  parkedKeys(): Promise<ReadonlySet<string>>;
  parkedCount(): Promise<number>;
  get(key: string): Promise<Doc | null>;
  getMany(keys: readonly string[]): Promise<ReadonlyMap<string, Doc>>;
  find(query: Query): Promise<Page<Doc>>;
  /** Every match, read in steps, memory bounded. */
  stream(query: Omit<Query, 'limit' | 'cursor'>): AsyncIterable<Doc>;
  count(
    query: Pick<Query, 'where' | 'anyOf' | 'within' | 'search'>,
    groupBy?: readonly string[],
  ): Promise<readonly GroupedCount[]>;
  /** Grouped count of the intervals that hold at `at`; `where` and `groupBy` name interval columns. */
  countAsOf(
    at: string,
    where: Readonly<Record<string, Condition>>,
    groupBy: readonly string[],
  ): Promise<readonly GroupedCount[]>;
  /** Resolves when the view has applied at least up to `position`, or with false after `timeoutMs`. */
  caughtUp(position: Position, timeoutMs: number): Promise<boolean>;
}

/** Same events in the same order, made ready for the projection: protected text revealed, say. */
export type Prepare = (events: readonly PublicEvent[]) => Promise<readonly PublicEvent[]>;

export interface RebuildOptions {
  /** Read the feed at least up to here, the head of the log say. */
  readonly until?: Position | null;
  readonly prepare?: Prepare;
  readonly signal?: AbortSignal;
}

/** Source of a rebuild: batches from the beginning of the log. */
export type Feed = AsyncIterable<{
  readonly events: readonly PublicEvent[];
  readonly position: Position;
  /** Those of `events` that nobody can read, each with its error: parked, with what follows for their document. */
  readonly unreadable?: ReadonlyMap<PublicEvent, unknown>;
}>;

export interface OpenedView<Doc extends object> {
  readonly view: View<Doc>;
  /** The stored version or shape differs from the declared one: apply refuses until a rebuild. */
  readonly stale: boolean;
  /** Whether the readers answer meanwhile (see `readableFrom`). */
  readonly readable: boolean;
}

export interface ViewStore {
  /** Creates what is missing. */
  open<Doc extends object>(projection: Projection<Doc>): Promise<OpenedView<Doc>>;
  /**
   * Fills a new generation beside the live one, which goes on serving and applying, then swaps the two at once.
   * Reads the feed until it has reached both the live checkpoint and `until`, or to its end where neither is known.
   * An event that the projection cannot take is parked with its document. A rebuild that ends in any other way
   * leaves the live generation untouched.
   * @throws TransientError  the feed ended before the live checkpoint, or `signal` aborted
   */
  rebuild<Doc extends object>(
    projection: Projection<Doc>,
    feed: Feed,
    options?: RebuildOptions,
  ): Promise<{ readonly events: number }>;
  close(): Promise<void>;
}
