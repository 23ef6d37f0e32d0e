import type { Position, PublicEvent } from '@city311/kernel';
import type { TopicReader } from '@city311/messaging';

import type { Prepare, Projection, View, ViewStore } from './read-models.js';

export interface ViewRunnerOptions<Doc extends object> {
  readonly store: ViewStore;
  readonly projection: Projection<Doc>;
  readonly reader: TopicReader;
  readonly topics: readonly string[];
  /** Events taken in one transaction; 500 where it is left out. */
  readonly batchSize?: number;
  /** The same for a rebuild; 2,000 where it is left out. */
  readonly rebuildBatchSize?: number;
  /** Runs before the projection, for batches; TransientError is retried, anything else parks the event it is thrown for. */
  readonly prepare?: Prepare;
  /** Only who holds it applies; without one this process is the only one. */
  readonly lease?: { isHeld(): boolean };
  readonly onApplied?: (position: Position) => void;
  /** Wraps the taking of each live batch that holds events, parked ones among them; not the filling of a rebuild. */
  readonly around?: (events: readonly PublicEvent[], take: () => Promise<void>) => Promise<void>;
  /** Told of every failure that leads to another try. */
  readonly onRetry?: (error: unknown) => void;
  /** First pause after a failure; doubles up to 30 s; 200 where it is left out. */
  readonly retryDelayMs?: number;
}

export interface ViewStatus {
  readonly view: string;
  readonly position: Position | null;
  /** Events parked or queued behind a parked one. */
  readonly parked: number;
  readonly rebuilding: boolean;
}

/** Keeps one view up to date from its topics until it is stopped. */
export interface ViewRunner<Doc extends object> {
  readonly view: View<Doc>;
  /** True once the view's stored shape is the declared one, or may be read as it; false while it must be built first. */
  ready(): boolean;
  status(): Promise<ViewStatus>;
  /** Tries parked documents again, each in order from its first parked event; returns how many events were taken. */
  retryParked(key?: string): Promise<number>;
  /** Builds the view anew beside the live one, which goes on, and swaps. */
  rebuild(): Promise<{ readonly events: number }>;
  stop(): Promise<void>;
}
