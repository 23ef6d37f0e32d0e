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

/** Pure: the document after the event. Returning `doc` itself says that nothing changed; null removes it. */
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
  readonly within?: {
    readonly south: number;
    readonly west: number;
    readonly north: number;
    readonly east: number;
  };
  readonly search?: string;
  readonly orderBy?: readonly { readonly column: string; readonly direction: 'asc' | 'desc' }[];
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

export interface View<Doc extends object> {
  /**
   * Applies a batch and moves the checkpoint in one transaction. An event whose stream and sequence the document
   * has seen is passed over. @throws SequenceGapError  an event of a known document was skipped
   */
  apply(events: readonly PublicEvent[], checkpoint: Position): Promise<void>;
  checkpoint(): Promise<Position | null>;
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

/** Source of a rebuild: batches from the beginning of the log. */
export type Feed = AsyncIterable<{ readonly events: readonly PublicEvent[]; readonly position: Position }>;

export interface ViewStore {
  /** Creates what is missing. A view whose version differs from the stored one answers `stale: true` and wants a rebuild. */
  open<Doc extends object>(
    projection: Projection<Doc>,
  ): Promise<{ readonly view: View<Doc>; readonly stale: boolean }>;
  /** Fills a new table beside the live one, which goes on serving, then swaps; the feed must reach the live checkpoint. */
  rebuild<Doc extends object>(projection: Projection<Doc>, feed: Feed): Promise<{ readonly events: number }>;
  close(): Promise<void>;
}
