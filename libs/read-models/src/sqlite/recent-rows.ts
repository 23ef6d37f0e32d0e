import type { StoredRow } from './row-writer.js';

/** The rows written or read last, at most `max`, so that busy documents need neither reading nor parsing. */
export class RecentRows<Doc extends object> {
  readonly #rows = new Map<string, StoredRow<Doc>>();

  constructor(private readonly max: number) {}

  get(key: string): StoredRow<Doc> | undefined {
    return this.#rows.get(key);
  }

  put(key: string, row: StoredRow<Doc>): void {
    this.#rows.delete(key);
    this.#rows.set(key, row);
    if (this.#rows.size <= this.max) return;
    const [oldest] = this.#rows.keys();
    if (oldest !== undefined) this.#rows.delete(oldest);
  }

  clear(): void {
    this.#rows.clear();
  }
}
