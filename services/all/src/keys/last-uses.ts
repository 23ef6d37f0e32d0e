import type { Instant } from '@city311/kernel';
import type { ApiKeys } from '@city311/vault';

/** A key in constant use is noted once in this time. */
const everyMs = 3_600_000;
/** Uses that come together are noted together, and no request waits for it. */
const gatherMs = 1_000;

/** When each key was used last, known to the hour: one look-up for a request, and a write an hour for a key. */
export class LastUses {
  readonly #notedAt = new Map<string, number>();
  #waiting = new Map<string, Instant>();

  constructor(
    private readonly keys: Pick<ApiKeys, 'noteUses'>,
    private readonly gatherForMs = gatherMs,
  ) {}

  used(name: string, now: Date): void {
    const at = now.getTime();
    const noted = this.#notedAt.get(name);
    if (noted !== undefined && at - noted < everyMs) return;
    this.#notedAt.set(name, at);
    if (this.#waiting.size === 0) setTimeout(() => void this.#note(), this.gatherForMs).unref();
    this.#waiting.set(name, now.toISOString());
  }

  async #note(): Promise<void> {
    const uses = this.#waiting;
    this.#waiting = new Map();
    try {
      await this.keys.noteUses(uses);
    } catch {
      // Noted with the next use: a figure for operators holds up no request.
      for (const name of uses.keys()) this.#notedAt.delete(name);
    }
  }
}
