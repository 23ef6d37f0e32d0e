/**
 * Lets work of many pieces share the event loop with everybody else: each piece asks first, and waits for a later
 * turn once the pieces of this one have had their share. First come, first served.
 */
export class Turns {
  readonly #shareMs: number;
  readonly #waiting: (() => void)[] = [];
  #isAdmitting = false;
  /** End of the share of the present turn, where a piece was let through in it. */
  #until: number | null = null;

  /** @param shareMs  what the pieces of one turn may take together; the last one may run over */
  constructor(shareMs = 10) {
    this.#shareMs = shareMs;
  }

  /** Resolves before anything else happens while there is time left, else in a later turn of the event loop. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (!this.#isAdmitting) void this.#admit();
    });
  }

  async #admit(): Promise<void> {
    this.#isAdmitting = true;
    while (this.#waiting.length > 0) {
      const until = this.#until ?? this.#begin();
      if (performance.now() >= until) {
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      this.#waiting.shift()?.();
      // Whoever was let through works now, before the clock is looked at again.
      await Promise.resolve();
    }
    this.#isAdmitting = false;
  }

  #begin(): number {
    const until = performance.now() + this.#shareMs;
    this.#until = until;
    setImmediate(() => {
      this.#until = null;
    });
    return until;
  }
}

/** The turns of this thread. */
export const turns = new Turns();
