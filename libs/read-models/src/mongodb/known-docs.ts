import type { Seen } from '../fold.js';
import { RecentRows } from '../recent-rows.js';
import { asked } from './faults.js';
import { parseDoc, type Row, type Rows } from './stored.js';

/** At most so many keys in one request. */
const keysAtOnce = 5_000;

export const loadSeen = async <Doc extends object>(
  rows: Rows,
  generation: string,
  keys: readonly string[],
  into: Map<string, Seen<Doc>>,
): Promise<void> => {
  const projection = { stream: 1, sequence: 1, doc: 1 };
  for (let from = 0; from < keys.length; from += keysAtOnce) {
    const $in = keys.slice(from, from + keysAtOnce);
    const found = await asked(() =>
      rows.find<Row>({ _id: { $in }, generation }, { projection, batchSize: $in.length }).toArray(),
    );
    for (const { _id, stream = '', sequence = 0, doc } of found) {
      into.set(String(_id), { stream, sequence, doc: doc === undefined ? null : parseDoc<Doc>(doc) });
    }
  }
};

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

  async of(generation: string, keys: Iterable<string>): Promise<Map<string, Seen<Doc>>> {
    if (generation !== this.#generation) this.forget();
    this.#generation = generation;
    const known = new Map<string, Seen<Doc>>();
    const missing: string[] = [];
    for (const key of new Set(keys)) {
      const seen = this.#recent.get(key);
      if (seen === undefined) missing.push(key);
      else known.set(key, seen);
    }
    await loadSeen(this.rows, generation, missing, known);
    return known;
  }

  put(key: string, seen: Seen<Doc>): void {
    this.#recent.put(key, seen);
  }

  forget(): void {
    this.#recent.clear();
  }
}
