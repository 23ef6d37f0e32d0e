import { TransientError, type PublicEvent } from '@city311/kernel';

import { foldBatch, keyed, type Seen } from '../fold.js';
import type { Projection } from '../read-models.js';
import { writeBatch } from './batch-writer.js';
import { changedEntriesOf, entriesOf } from './entries.js';
import { asked, isDuplicate, longPatienceMs } from './faults.js';
import { loadSeen } from './known-docs.js';
import { parseDoc, type Row, type Rows, type StoredDoc } from './stored.js';

/** As text: that takes less room than the document, or than what is stored beside it. */
interface Pending {
  readonly stream: string;
  readonly sequence: number;
  /** JSON; null where it was removed. */
  readonly doc: string | null;
  /** Sequence at which the collection holds it; null where it holds nothing. */
  readonly stored: number | null;
}

type Keyed = readonly [key: string, pending: Pending];

/** Documents in one request. */
const docsAtOnce = 1_000;
const requestsAtOnce = 2;

/**
 * Fills a collection that nobody reads yet: documents are folded in memory and written once they have to make room,
 * while the next are folded. What is lost in a crash is the whole collection, so nothing here needs a checkpoint.
 */
export class BulkFill<Doc extends object> {
  readonly #pending = new Map<string, Pending>();
  /** On their way; folded on from memory. */
  #writing: ReadonlyMap<string, Pending> = new Map();
  #written: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | null = null;
  #hasWritten = false;
  readonly #types: ReadonlySet<string>;
  readonly #entryOf: ReturnType<typeof entriesOf<Doc>>;
  readonly #changedEntryOf: ReturnType<typeof changedEntriesOf<Doc>>;

  constructor(
    private readonly projection: Projection<Doc>,
    private readonly rows: Rows,
    private readonly generation: string,
    private readonly maxPending: number,
  ) {
    this.#types = new Set(projection.types);
    this.#entryOf = entriesOf(projection.view, generation);
    this.#changedEntryOf = changedEntriesOf(projection.view, generation);
  }

  /** All or nothing. @throws ProjectionFaultError */
  async absorb(events: readonly PublicEvent[]): Promise<void> {
    const wanted = keyed(this.projection, this.#types, events);
    const stored = await this.#load(wanted.map(({ key }) => key));
    const held = (key: string): Pending | undefined => this.#pending.get(key) ?? this.#writing.get(key);
    const changes = foldBatch(this.projection, wanted, (key) => {
      const pending = held(key);
      return pending === undefined ? stored.get(key) : seenIn<Doc>(pending);
    });
    const pending = [...changes].map(([key, change]): [string, Pending] => {
      const sequence =
        this.#pending.get(key)?.stored ??
        this.#writing.get(key)?.sequence ??
        stored.get(key)?.sequence ??
        null;
      // Made whole here already: what cannot be stored is the fault of the event in hand.
      const { doc = null } = this.#changedEntryOf(key, change);
      return [key, { stream: change.stream, sequence: change.sequence, doc, stored: sequence }];
    });
    for (const [key, one] of pending) this.#pending.set(key, one);
  }

  /** Begins to write the oldest documents, half of the room, once it is full; waits for those before them. */
  async makeRoom(): Promise<void> {
    if (this.#pending.size > this.maxPending)
      await this.#startWriting(this.#pending.size - this.maxPending / 2);
  }

  async writeAll(): Promise<void> {
    await this.#startWriting(this.#pending.size);
    await this.#written;
    this.#check();
  }

  async #startWriting(count: number): Promise<void> {
    await this.#written;
    this.#check();
    const some = new Map<string, Pending>();
    for (const [key, pending] of this.#pending) {
      if (some.size >= count) break;
      some.set(key, pending);
      this.#pending.delete(key);
    }
    this.#writing = some;
    this.#hasWritten = true;
    this.#written = this.#write([...some]).catch((error: unknown) => {
      this.#failure = { error };
    });
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  async #write(docs: readonly Keyed[]): Promise<void> {
    const requests: (readonly Keyed[])[] = [];
    for (let from = 0; from < docs.length; from += docsAtOnce)
      requests.push(docs.slice(from, from + docsAtOnce));
    const lane = async (): Promise<void> => {
      for (let some = requests.shift(); some !== undefined; some = requests.shift()) await this.#send(some);
    };
    await Promise.all(Array.from({ length: requestsAtOnce }, lane));
  }

  async #send(docs: readonly Keyed[]): Promise<void> {
    const entriesFor = (some: readonly Keyed[]): StoredDoc[] =>
      some.map(([key, pending]) => this.#entryOf(key, seenIn<Doc>(pending)));
    const fresh = docs.filter(([, { stored }]) => stored === null);
    if (fresh.length > 0) await this.#insert(entriesFor(fresh));
    const changed = docs.filter(([, { stored }]) => stored !== null);
    const stored = new Map(changed.map(([key, one]) => [key, one.stored]));
    const isOurs = await writeBatch(this.rows, entriesFor(changed), (key) => stored.get(key) ?? null, null);
    if (!isOurs) throw this.#takenAway();
  }

  async #insert(fresh: readonly Row[]): Promise<void> {
    try {
      await asked(() => this.rows.insertMany([...fresh], { ordered: false }), longPatienceMs);
    } catch (error) {
      throw isDuplicate(error) ? this.#takenAway() : error;
    }
  }

  #takenAway(): TransientError {
    return new TransientError(`the rebuild of ${this.projection.view.name} was given up by another process`);
  }

  async #load(keys: readonly string[]): Promise<Map<string, Seen<Doc>>> {
    const seen = new Map<string, Seen<Doc>>();
    if (!this.#hasWritten) return seen;
    const missing = new Set(keys.filter((key) => !this.#pending.has(key) && !this.#writing.has(key)));
    await loadSeen(this.rows, this.generation, [...missing], seen);
    return seen;
  }
}

const seenIn = <Doc extends object>({ stream, sequence, doc }: Pending): Seen<Doc> => ({
  stream,
  sequence,
  doc: doc === null ? null : parseDoc<Doc>(doc),
});
