import { TransientError, type PublicEvent } from '@city311/kernel';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { foldBatch, keyed } from '../fold.js';
import type { Projection } from '../read-models.js';
import { rowOf } from './evaluate.js';
import type { Generation } from './generation.js';
import type { NewRow, StoredRow } from './row-writer.js';

interface Pending<Doc> {
  readonly before: StoredRow<Doc> | undefined;
  readonly after: NewRow<Doc>;
}

/** Documents written in one transaction: some milliseconds, so that others get their turn. */
const rowsAtOnce = 500;

/**
 * Fills a generation that nobody reads yet: documents are folded in memory and written once they have to make room.
 * What is lost in a crash is the whole generation, so nothing here needs a checkpoint.
 */
export class BulkFill<Doc extends object> {
  readonly #pending = new Map<string, Pending<Doc>>();
  readonly #types: ReadonlySet<string>;
  #written = false;

  constructor(
    private readonly projection: Projection<Doc>,
    private readonly generation: Generation<Doc>,
    /** Runs `work` in one transaction. @throws TransientError  the generation is no longer ours */
    private readonly transact: (work: () => void) => void,
    private readonly maxPending: number,
  ) {
    this.#types = new Set(projection.types);
  }

  /** All or nothing. @throws ProjectionFaultError */
  absorb(events: readonly PublicEvent[]): void {
    const wanted = keyed(this.projection, this.#types, events);
    const stored = this.#load(wanted.map(({ key }) => key));
    const changes = foldBatch(
      this.projection,
      wanted,
      (key) => this.#pending.get(key)?.after ?? stored.get(key),
    );
    const { name } = this.projection.view;
    const rows = [...changes].map(([key, change]): [string, Pending<Doc>] => {
      const pending = this.#pending.get(key);
      const before = pending === undefined ? stored.get(key) : pending.before;
      const last = pending?.after ?? before;
      return [key, { before, after: rowOf(this.generation, name, key, change, last?.cells ?? null) }];
    });
    for (const [key, pending] of rows) this.#pending.set(key, pending);
  }

  /** Writes the oldest documents until no more than half of the room is taken, once it is full. */
  async makeRoom(signal?: AbortSignal): Promise<void> {
    if (this.#pending.size > this.maxPending) await this.#writeDownTo(this.maxPending / 2, signal);
  }

  async writeAll(signal?: AbortSignal): Promise<void> {
    await this.#writeDownTo(0, signal);
  }

  /** The rest, within the caller's transaction. */
  writeNow(): void {
    this.#writeSome(this.#pending.size);
  }

  async #writeDownTo(size: number, signal: AbortSignal | undefined): Promise<void> {
    while (this.#pending.size > size) {
      if (signal?.aborted === true) throw new TransientError('the rebuild was stopped');
      this.transact(() => {
        this.#writeSome(Math.min(rowsAtOnce, this.#pending.size - size));
      });
      this.#written = true;
      await nextTurn();
    }
  }

  #writeSome(count: number): void {
    let left = count;
    for (const [key, { before, after }] of this.#pending) {
      if (left <= 0) return;
      left -= 1;
      this.generation.writer.write(key, before, after);
      this.#pending.delete(key);
    }
  }

  #load(keys: readonly string[]): Map<string, StoredRow<Doc>> {
    const rows = new Map<string, StoredRow<Doc>>();
    if (!this.#written) return rows;
    this.generation.load([...new Set(keys.filter((key) => !this.#pending.has(key)))], rows);
    return rows;
  }
}
