/** An assignment in whose hands an event is; 0 is nobody: its effect is done. */
type Holder = number;

const done: Holder = 0;

/**
 * Events that this process has taken lately, by their ids, to tell what a relay sent twice and what comes again only
 * because it was not committed in time. Forgets the oldest; handlers know an event a second time in any case.
 */
export class RecentEvents {
  readonly #holders = new Map<string, Holder>();

  constructor(private readonly limit: number) {}

  /** Takes an event; false where its effect is done, or this assignment has it in hand or parked already. */
  take(id: string, by: Holder): boolean {
    const holder = this.#holders.get(id);
    if (holder === done || holder === by) return false;
    this.#holders.delete(id);
    this.#holders.set(id, by);
    if (this.#holders.size > this.limit) {
      const [oldest] = this.#holders.keys();
      if (oldest !== undefined) this.#holders.delete(oldest);
    }
    return true;
  }

  /** Its effect is done. */
  done(id: string): void {
    if (this.#holders.has(id)) this.#holders.set(id, done);
  }
}
