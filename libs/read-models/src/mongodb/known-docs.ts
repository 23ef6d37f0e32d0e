import type { Seen } from '../fold.js';
import { RecentRows } from '../recent-rows.js';
import { asked } from './faults.js';
import { parseDoc, type Row, type Rows } from './stored.js';

/** At most so many keys in one request. */
const keysAtOnce = 5_000;

/** @param strays  takes the generation of documents that belong to another than this one */
export const loadSeen = async <Doc extends object>(
  rows: Rows,
  generation: string,
  keys: readonly string[],
  into: Map<string, Seen<Doc>>,
  strays?: Map<string, string>,
): Promise<void> => {
  const projection = { generation: 1, stream: 1, sequence: 1, doc: 1 };
  for (let from = 0; from < keys.length; from += keysAtOnce) {
    const $in = keys.slice(from, from + keysAtOnce);
    const found = await asked(() =>
      rows.find<Row>({ _id: { $in } }, { projection, batchSize: $in.length }).toArray(),
    );
    for (const { _id, generation: own = '', stream = '', sequence = 0, doc } of found) {
      if (own !== generation) {
        strays?.set(String(_id), own);
        continue;
      }
      into.set(String(_id), { stream, sequence, doc: doc === undefined ? null : parseDoc<Doc>(doc) });
    }
  }
};

export interface Known<Doc> {
  readonly seen: ReadonlyMap<string, Seen<Doc>>;
  /** Generations of documents that belong to another. */
  readonly strays: ReadonlyMap<string, string>;
}

/** Documents of one generation as they were last read or written here: only what is missing is read. */
export class KnownDocs<Doc extends object> {
  readonly #recent: RecentRows<Seen<Doc>>;
  #generation = '';

  constructor(
    private readonly rows: Rows,
    max: number,
  ) {
    this.#recent = new RecentRows(max);
  }

  async of(generation: string, keys: Iterable<string>): Promise<Known<Doc>> {
    if (generation !== this.#generation) this.forget();
    this.#generation = generation;
    const seen = new Map<string, Seen<Doc>>();
    const strays = new Map<string, string>();
    const missing: string[] = [];
    for (const key of new Set(keys)) {
      const recent = this.#recent.get(key);
      if (recent === undefined) missing.push(key);
      else seen.set(key, recent);
    }
    await loadSeen(this.rows, generation, missing, seen, strays);
    return { seen, strays };
  }

  put(key: string, seen: Seen<Doc>): void {
    this.#recent.put(key, seen);
  }

  forget(): void {
    this.#recent.clear();
  }
}
