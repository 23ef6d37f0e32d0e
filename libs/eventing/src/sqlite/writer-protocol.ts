import type { PackedAppends, PackedResults } from './packed.js';

/** Expected revisions on the way to the writer thread: a revision, or one of these. */
export type ExpectedNumber = number;

/** One append, already text: the writer binds it and reads none of it. */
export interface EncodedAppend {
  readonly stream: string;
  readonly category: string;
  /** Revision of the last event, -1 for a new stream, -2 for any. */
  readonly expected: ExpectedNumber;
  /** Envelope and data of each event, by turns. */
  readonly texts: readonly string[];
  /** Sent before and its answer lost: look for its first event before writing it again. */
  readonly retried: boolean;
}

/** What became of one append; `actual` is -1 where there is no such stream. */
export type AppendResult =
  | { readonly outcome: 'written' | 'already-written'; readonly revision: number; readonly position: number }
  | { readonly outcome: 'conflict'; readonly actual: number }
  /** Nothing of it was written; only over a socket, since batches there are not the writer's own. */
  | { readonly outcome: 'failed'; readonly reason: string };

/**
 * What became of a batch. `failed`: rolled back, nothing of it was written. `fenced`: another process holds the
 * writer lease, nothing was written.
 */
export type BatchResult =
  | { readonly outcome: 'committed'; readonly results: readonly AppendResult[] }
  | { readonly outcome: 'failed' | 'fenced'; readonly reason: string };

export interface WriterLease {
  readonly holder: string;
  readonly token: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** Unix-domain socket that the holder listens at. */
  readonly socket: string;
}

export interface WriterSettings {
  readonly file: string;
  readonly leaseMs: number;
  readonly cachedStreams: number;
  readonly maxPages: number | null;
}

/** As `BatchResult`, on its way between threads. */
export type PackedBatchResult =
  | { readonly outcome: 'committed'; readonly results: PackedResults }
  | { readonly outcome: 'failed' | 'fenced'; readonly reason: string };

export type ToWriter =
  | { readonly kind: 'write'; readonly id: number; readonly appends: PackedAppends }
  | {
      readonly kind: 'acquire';
      readonly id: number;
      readonly holder: string;
      readonly socket: string;
      /** Token of a holder that was found dead; its lease need not run out first. */
      readonly deadToken: number | null;
    }
  | { readonly kind: 'listen'; readonly id: number; readonly path: string }
  | { readonly kind: 'stop-listening'; readonly path: string }
  | { readonly kind: 'close'; readonly id: number };

export type FromWriter =
  | { readonly kind: 'opened' }
  | { readonly kind: 'answer'; readonly id: number; readonly result: PackedBatchResult }
  | { readonly kind: 'lease'; readonly id: number; readonly lease: WriterLease; readonly acquired: boolean }
  | { readonly kind: 'listening'; readonly id: number }
  | { readonly kind: 'refused'; readonly id: number; readonly reason: string }
  /** Appends of others were committed: the log has got as far as `head`. */
  | { readonly kind: 'commit'; readonly head: number }
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'closed'; readonly id: number };
