import { TransientError } from '@city311/kernel';
import type { Database } from 'better-sqlite3';

import { ProjectionFaultError } from '../faults.js';
import { translated, writing } from './transactions.js';

interface Job {
  readonly work: () => () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Thrown before anything was written: the others of the transaction need not fall with it. */
const isHarmless = (error: unknown): boolean =>
  error instanceof ProjectionFaultError || error instanceof TransientError;

/**
 * Writes of several views in one transaction: those asked for in the same turn of the event loop, or, under load,
 * within `gatherMs` of the last commit. One that fails does not take its neighbours along.
 */
export class SharedCommit {
  #jobs: Job[] = [];
  #planned = false;
  #committedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly database: Database,
    private readonly gatherMs: number,
  ) {}

  /**
   * `work` reads, decides and writes within the transaction, and gives back what is to be done once it is committed.
   * A ProjectionFaultError or TransientError must be thrown before the first write; it may be called again after a
   * transaction that came to nothing.
   */
  run(work: () => () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ work, resolve, reject });
      if (this.#planned) return;
      this.#planned = true;
      const waitMs = this.#committedAt + this.gatherMs - performance.now();
      if (waitMs < 1) setImmediate(() => this.flush());
      else setTimeout(() => this.flush(), waitMs);
    });
  }

  /** Writes what waits, now. Never throws. */
  flush(): void {
    this.#planned = false;
    const jobs = this.#jobs;
    this.#jobs = [];
    if (jobs.length === 0) return;
    if (!this.#commit(jobs) && jobs.length > 1) for (const job of jobs) this.#commit([job]);
    this.#committedAt = performance.now();
  }

  /** False where nothing was written and nobody told. */
  #commit(jobs: readonly Job[]): boolean {
    const settled: (() => void)[] = [];
    const committed: (() => void)[] = [];
    try {
      writing(this.database, () => {
        for (const job of jobs) {
          try {
            committed.push(job.work());
            settled.push(job.resolve);
          } catch (error) {
            if (!isHarmless(error)) throw error;
            settled.push(() => job.reject(error));
          }
        }
      });
    } catch (error) {
      if (jobs.length === 1) jobs[0]?.reject(translated(error));
      return false;
    }
    for (const apply of committed) apply();
    for (const settle of settled) settle();
    return true;
  }
}
