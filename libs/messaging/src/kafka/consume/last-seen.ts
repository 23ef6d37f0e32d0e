/** Newest sequence of the streams that were met last. */
export class LastSeen {
  readonly #sequences = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** Notes an event; how many of its stream are missing before it, as far as that is known. */
  missingBefore(stream: string, sequence: number): number {
    const last = this.#sequences.get(stream);
    this.#sequences.delete(stream);
    this.#sequences.set(stream, Math.max(sequence, last ?? sequence));
    if (this.#sequences.size > this.limit) {
      const [oldest] = this.#sequences.keys();
      if (oldest !== undefined) this.#sequences.delete(oldest);
    }
    return last === undefined ? 0 : Math.max(0, sequence - last - 1);
  }
}
