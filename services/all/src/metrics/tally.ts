/** Counts on a hot path: a map entry each, handed over when somebody asks. Keys are label values joined by a tab. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(key: string, count = 1): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count);
  }

  /** What was counted since the last time. */
  take(): readonly { readonly values: readonly string[]; readonly count: number }[] {
    const taken = [...this.#counts].map(([key, count]) => ({ values: key.split('\t'), count }));
    this.#counts.clear();
    return taken;
  }
}
