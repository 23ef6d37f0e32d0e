import { TransientError } from '@city311/kernel';
import type Database from 'better-sqlite3';

interface Write {
  readonly work: () => void;
  readonly committed: () => void;
  readonly failed: (error: unknown) => void;
}

/** Under load commits keep this distance, so that more writes share each of them. */
const distanceMs = 5;
/** What the writes of one transaction may take together: the thread answers others in between. */
const shareMs = 10;

/**
 * Writes asked for in one turn of the event loop share one transaction and one fsync; under load those of some turns
 * do. On the calling thread, see DECISIONS.md, and so in shares of a few milliseconds, the loop going on in between.
 * `lazyMs` bounds how long a lazy write waits for one that is in a hurry.
 */
export class WriteQueue {
  readonly #transact: Database.Transaction<(writes: readonly Write[]) => number>;
  readonly #rolledBack: () => void;
  readonly #lazyMs: number;
  #writes: Write[] = [];
  #soon: NodeJS.Immediate | null = null;
  #inTurn: NodeJS.Timeout | null = null;
  #committedAt = Number.NEGATIVE_INFINITY;
  #later: NodeJS.Timeout | null = null;
  #closed = false;
  /** Why the last transaction came to nothing. */
  #failure = new TransientError('the vault could not write');

  constructor(db: Database.Database, rolledBack: () => void, lazyMs = 20) {
    this.#rolledBack = rolledBack;
    this.#lazyMs = lazyMs;
    this.#transact = db.transaction((writes: readonly Write[]) => {
      const until = performance.now() + shareMs;
      let done = 0;
      for (const { work } of writes) {
        if (done > 0 && performance.now() >= until) break;
        work();
        done += 1;
      }
      return done;
    });
  }

  /**
   * Runs `work` in the next shared transaction, and `after`, in order, once that is on disk.
   * @throws TransientError  the disk refused (full, locked); nothing was written
   */
  run<Result>(work: () => Result, after?: (result: Result) => void): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#push(work, after, resolve, reject);
      this.#schedule();
    });
  }

  /** Like `run`, but waits for another write or `lazyMs`, and is tried again rather than failed. */
  runLazily(work: () => void): Promise<void> {
    return new Promise((resolve) => {
      const retry = (): void => {
        if (!this.#closed) add();
      };
      const add = (): void => {
        this.#push(work, undefined, resolve, retry);
        this.#later ??= setTimeout(this.#flushShare, this.#lazyMs);
      };
      add();
    });
  }

  #schedule(): void {
    if (this.#soon !== null || this.#inTurn !== null) return;
    const waitMs = this.#committedAt + distanceMs - performance.now();
    if (waitMs > 0) this.#inTurn = setTimeout(this.#flushShare, waitMs);
    else this.#soon = setImmediate(this.#flushShare);
  }

  /** Writes all that is waiting now, however long it takes. */
  flush(): void {
    this.#unschedule();
    let left = this.#writes.length;
    while (left > 0) left -= this.#writeShare();
  }

  readonly #flushShare = (): void => {
    this.#unschedule();
    const waiting = this.#writes.length;
    if (waiting > this.#writeShare()) this.#soon ??= setImmediate(this.#flushShare);
  };

  #unschedule(): void {
    if (this.#soon !== null) clearImmediate(this.#soon);
    if (this.#inTurn !== null) clearTimeout(this.#inTurn);
    if (this.#later !== null) clearTimeout(this.#later);
    this.#inTurn = null;
    this.#soon = null;
    this.#later = null;
  }

  /** Settles the first of those that wait, and says how many. */
  #writeShare(): number {
    const writes = this.#writes;
    this.#writes = [];
    if (writes.length === 0) return 0;
    const settled = this.#commit(writes) || this.#oneByOne(writes);
    // Whoever was answered may have asked for more: that comes behind what waits already.
    this.#writes = [...writes.slice(settled), ...this.#writes];
    return settled;
  }

  /** One that fails must not take its neighbours along. */
  #oneByOne(writes: readonly Write[]): number {
    const until = performance.now() + shareMs;
    let settled = 0;
    for (const write of writes) {
      if (settled > 0 && performance.now() >= until) break;
      if (writes.length === 1 || this.#commit([write]) === 0) write.failed(this.#failure);
      settled += 1;
    }
    return settled;
  }

  close(): void {
    this.#closed = true;
    this.flush();
  }

  #push<Result>(
    work: () => Result,
    after: ((result: Result) => void) | undefined,
    resolve: (result: Result) => void,
    reject: (error: unknown) => void,
  ): void {
    if (this.#closed) {
      reject(new TransientError('the vault is closed'));
      return;
    }
    let outcome: { readonly result: Result } | null = null;
    this.#writes.push({
      work: () => {
        outcome = { result: work() };
      },
      committed: () => {
        if (outcome === null) return;
        after?.(outcome.result);
        resolve(outcome.result);
      },
      failed: reject,
    });
  }

  /** How many of them are on disk now; 0 where one failed, and nothing was written. */
  #commit(writes: readonly Write[]): number {
    let count: number;
    try {
      count = this.#transact.immediate(writes);
    } catch (error) {
      this.#rolledBack();
      this.#failure = new TransientError('the vault could not write', { cause: error });
      return 0;
    }
    this.#committedAt = performance.now();
    for (const write of writes.slice(0, count)) write.committed();
    return count;
  }
}
