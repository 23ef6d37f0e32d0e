/**
 * Rows written or read lately, at most `max`, so that busy documents need neither reading nor parsing. Two
 * generations rather than an exact order: a row is kept for at least `max / 2` others.
 */
export class RecentRows<Row> {
  #young = new Map<string, Row>();
  #old = new Map<string, Row>();

  constructor(private readonly max: number) {}

  get(key: string): Row | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  put(key: string, row: Row): void {
    if (this.#young.size >= this.max / 2 && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, row);
  }

  clear(): void {
    if (this.#young.size > 0) this.#young = new Map();
    if (this.#old.size > 0) this.#old = new Map();
  }
}
