import type { RecordedEvent } from '@city311/kernel';

import type { HeldEvent, RelayCheckpoints } from '../relay-checkpoints.js';

const queuedBehind = 'queued-behind';

/** A newer holder of the lease has written; nothing of ours was. */
export class RelayFencedError extends Error {
  override readonly name = 'RelayFencedError';
  constructor() {
    super('another relay has taken over');
  }
}

/** The cases that a relay keeps back. Everything is durable before a checkpoint may pass it. */
export class HeldCases {
  readonly #subjects = new Set<string>();
  #fresh: HeldEvent[] = [];

  constructor(
    private readonly checkpoints: Pick<RelayCheckpoints, 'hold' | 'held' | 'release'>,
    private readonly name: string,
    private readonly token: number,
    private readonly now: () => Date,
  ) {}

  get isEmpty(): boolean {
    return this.#subjects.size === 0;
  }

  has(subject: string): boolean {
    return this.#subjects.has(subject);
  }

  /** @param reason  without one it stands behind an event of its case */
  add({ subject, stream, sequence, position, type }: RecordedEvent, reason = queuedBehind): void {
    this.#subjects.add(subject);
    const heldAt = this.now().toISOString();
    this.#fresh.push({ subject, stream, sequence, position, type, reason, heldAt });
  }

  /** Writes what was added. @throws RelayFencedError */
  async flush(): Promise<void> {
    if (this.#fresh.length === 0) return;
    const fresh = this.#fresh;
    this.#fresh = [];
    if (!(await this.checkpoints.hold(this.name, fresh, this.token))) throw new RelayFencedError();
  }

  /** What was held at the start, by case, each in the order of the log; these cases are held again until let go. */
  async load(): Promise<ReadonlyMap<string, readonly HeldEvent[]>> {
    const lines = new Map<string, HeldEvent[]>();
    for (const held of await this.checkpoints.held(this.name)) {
      this.#subjects.add(held.subject);
      const line = lines.get(held.subject);
      if (line === undefined) lines.set(held.subject, [held]);
      else line.push(held);
    }
    return lines;
  }

  /** The events have been relayed. @param all  whether the case has no more of them @throws RelayFencedError */
  async release(subject: string, events: readonly HeldEvent[], all: boolean): Promise<void> {
    if (events.length > 0 && !(await this.checkpoints.release(this.name, events, this.token)))
      throw new RelayFencedError();
    if (all) this.#subjects.delete(subject);
  }
}
