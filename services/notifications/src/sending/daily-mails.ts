const mostAddresses = 200_000;

/**
 * How many messages each address was sent today (UTC) by this process: what anybody can cause to be sent to somebody
 * else's address must have an end. Of more addresses than it has room for, the first ones of the day start over.
 */
export class DailyMails {
  #day = '';
  readonly #sent = new Map<string, number>();

  constructor(private readonly mostPerDay: number) {}

  /** Counts one more message; false where the address has had as many as it may. */
  take(email: string, now: Date): boolean {
    const day = now.toISOString().slice(0, 10);
    if (day !== this.#day) {
      this.#sent.clear();
      this.#day = day;
    }
    const address = email.toLowerCase();
    const sent = this.#sent.get(address) ?? 0;
    if (sent >= this.mostPerDay) return false;
    if (sent === 0 && this.#sent.size >= mostAddresses) {
      const [first] = this.#sent.keys();
      if (first !== undefined) this.#sent.delete(first);
    }
    this.#sent.set(address, sent + 1);
    return true;
  }
}
