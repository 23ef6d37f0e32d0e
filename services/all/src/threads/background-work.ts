import type { Status } from '../http/status.js';
import type { Snapshot } from '../metrics/thread-metrics.js';
import type { Failure } from './failure.js';

export interface ViewLine {
  readonly view: string;
  readonly position: string | null;
  readonly parked: number;
  readonly rebuilding: boolean;
}

/** What the HTTP thread asks of the background thread of its process. */
export interface BackgroundWork {
  status(): Promise<Status>;
  /** Figures of the thread for /metrics. */
  metrics(): Promise<Snapshot>;
  /** Names of views that cannot be read yet. */
  waitingFor(): Promise<readonly string[]>;
  views(): Promise<readonly ViewLine[]>;
  /** Null where no such view runs in this process. */
  rebuild(view: string): Promise<{ readonly events: number } | null>;
  /** Events taken that were parked; null where no such view runs in this process. */
  retry(view: string): Promise<number | null>;
  /** Finishes what is in hand. */
  stop(): Promise<void>;
}

export type Method = keyof BackgroundWork;

/** Messages between the two threads; everything is a structured clone. */
export type ToBackground = { readonly id: number; readonly method: Method; readonly args: readonly string[] };
export type FromBackground =
  | { readonly kind: 'started' }
  | { readonly kind: 'applied'; readonly view: string }
  | { readonly kind: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number | null; readonly failure: Failure };
