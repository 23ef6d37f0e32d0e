import { TransientError } from '@city311/kernel';
import type Database from 'better-sqlite3';

interface Write {
  readonly work: () => void;
  readonly committed: () => void;
  readonly failed: (error: unknown) => void;
}

/** Under load commits keep this distance, so that more writes share each of them. */
const distanceMs = 5;

/**
 * Writes asked for in one turn of the event loop share one transaction and one fsync; under load those of some turns
 * do. On the calling thread: see DECISIONS.md. `lazyMs` bounds how long a lazy write waits for one that is in a hurry.
 */
export class WriteQueue {
  readonly #transact: Database.Transaction<(writes: readonly Write[]) => void>;
  readonly #rolledBack: () => void;
  readonly #lazyMs: number;
  #writes: Write[] = [];
  #soon: NodeJS.Immediate | null = null;
  #inTurn: NodeJS.Timeout | null = null;
  #committedAt = Number.NEGATIVE_INFINITY;
  #later: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(db: Database.Database, rolledBack: () => void, lazyMs = 20) {
    this.#rolledBack = rolledBack;
    this.#lazyMs = lazyMs;
    this.#transact = db.transaction((writes: readonly Write[]) => {
      for (const { work } of writes) work();
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
        this.#later ??= setTimeout(() => {
          this.flush();
        }, this.#lazyMs);
      };
      add();
    });
  }

  #schedule(): void {
    if (this.#soon !== null || this.#inTurn !== null) return;
    const waitMs = this.#committedAt + distanceMs - performance.now();
    const flush = (): void => {
      this.flush();
    };
    if (waitMs > 0) this.#inTurn = setTimeout(flush, waitMs);
    else this.#soon = setImmediate(flush);
  }

  flush(): void {
    if (this.#soon !== null) clearImmediate(this.#soon);
    if (this.#inTurn !== null) clearTimeout(this.#inTurn);
    this.#inTurn = null;
    if (this.#later !== null) clearTimeout(this.#later);
    this.#soon = null;
    this.#later = null;
    const writes = this.#writes;
    this.#writes = [];
    if (writes.length === 0) return;
    if (this.#commit(writes) || writes.length === 1) return;
    for (const write of writes) this.#commit([write]);
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

  /** One that fails must not take its neighbours along: the caller tries them again one by one. */
  #commit(writes: readonly Write[]): boolean {
    try {
      this.#transact.immediate(writes);
    } catch (error) {
      this.#rolledBack();
      if (writes.length === 1) {
        writes[0]?.failed(new TransientError('the vault could not write', { cause: error }));
      }
      return false;
    }
    this.#committedAt = performance.now();
    for (const write of writes) write.committed();
    return true;
  }
}
