import { TransientError, type Position } from '@city311/kernel';

import { foldBatch, type KeyedEvent } from '../fold.js';
import type { Parking, Projection } from '../read-models.js';
import { writeBatch, type Found } from './batch-writer.js';
import { changedEntriesOf } from './entries.js';
import { asked } from './faults.js';
import { KnownDocs } from './known-docs.js';
import type { LiveState } from './live-state.js';
import type { ParkedEvents } from './parked-events.js';
import type { Rows, StoredState } from './stored.js';

const tries = 3;

/**
 * Applies batches to the live collection. Nothing is read that this process wrote last; what another wrote is
 * noticed by the sequences and the revision in the filters, and the batch is folded anew from what is stored.
 */
export class Applier<Doc extends object> {
  readonly #known: KnownDocs<Doc>;

  constructor(
    private readonly rows: Rows,
    private readonly projection: Projection<Doc>,
    private readonly live: LiveState<Doc>,
    private readonly parked: ParkedEvents,
    recentDocuments: number,
  ) {
    this.#known = new KnownDocs(rows, recentDocuments);
  }

  /** See `View.apply`. */
  async apply(
    wanted: readonly KeyedEvent[],
    checkpoint: Position,
    parking: Parking | undefined,
  ): Promise<void> {
    try {
      let from = await this.live.current();
      for (let left = tries; left > 0; left -= 1) {
        if (await this.#try(from, wanted, checkpoint, parking)) return;
        const before = from;
        this.forget();
        from = await this.live.read();
        if (isAnother(before, from)) break;
      }
      throw new TransientError(`another process writes to view ${this.projection.view.name}`);
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  forget(): void {
    this.live.forget();
    this.#known.forget();
  }

  async #try(
    from: StoredState,
    wanted: readonly KeyedEvent[],
    checkpoint: Position,
    parking: Parking | undefined,
  ): Promise<boolean> {
    const { view } = this.projection;
    if (this.live.fit(from).stale) throw new TransientError(`view ${view.name} waits for its rebuild`);
    if (from.frozenUntil > Date.now()) throw new TransientError(`view ${view.name} is being swapped`);
    const { generation } = from;
    const { seen, strays } = await this.#known.of(
      generation,
      wanted.map(({ key }) => key),
    );
    // Where the collection was swapped away, what looks strange is what belongs there now.
    if (strays.size > 0 && (await this.live.peek()).generation !== generation) return false;
    const changes = foldBatch(this.projection, wanted, (key) => seen.get(key));
    const entryOf = changedEntriesOf(view, generation);
    const docs = [...changes].map(([key, change]) => entryOf(key, change));
    const to: StoredState = {
      ...from,
      checkpoint: from.checkpoint !== null && from.checkpoint > checkpoint ? from.checkpoint : checkpoint,
      revision: from.revision + 1,
      parkings: from.parkings + (parking === undefined ? 0 : 1),
    };
    const step = { from, to };
    const found = (key: string): Found => seen.get(key)?.sequence ?? strays.get(key) ?? null;
    if (parking === undefined) {
      if (!(await writeBatch(this.rows, docs, found, step))) return false;
    } else {
      // Documents come first and the checkpoint last: each part may be done again.
      if (!(await writeBatch(this.rows, docs, found, null))) return false;
      await asked(() => this.parked.change(generation, parking));
      if (!(await writeBatch(this.rows, [], found, step))) return false;
    }
    for (const [key, { stream, sequence, doc }] of changes) this.#known.put(key, { stream, sequence, doc });
    for (const [key, one] of seen) if (!changes.has(key)) this.#known.put(key, one);
    this.live.know(to);
    return true;
  }
}

/**
 * Whether the caller must look at what is stored before it goes on: a checkpoint that went back (a server lost its
 * newest writes) would leave a gap, and a document parked by somebody else must not be passed by.
 */
const isAnother = (before: StoredState, now: StoredState): boolean =>
  now.generation !== before.generation ||
  now.parkings !== before.parkings ||
  (before.checkpoint !== null && (now.checkpoint === null || now.checkpoint < before.checkpoint));
