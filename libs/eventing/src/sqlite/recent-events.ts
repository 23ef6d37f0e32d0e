import type { RecordedEvent } from '@city311/kernel';

export interface RecentLimits {
  readonly maxEvents: number;
  /** Characters of text that the events took in the log. */
  readonly maxChars: number;
}

export interface RecentRead {
  readonly events: RecordedEvent[];
  /** Position up to which the reader has seen everything. */
  readonly cursor: number;
}

export interface PlacedEvent {
  readonly event: RecordedEvent;
  readonly category: string;
  readonly chars: number;
}

/** Events of these categories behind `after`, up to `upTo`, in order, from the file. */
export type ReadBetween = (
  categories: ReadonlySet<string>,
  after: number,
  upTo: number,
) => Iterable<readonly [position: number, PlacedEvent]>;

/**
 * The newest events of the log, positions `first` to `last`, as far as anybody follows their category. This process's
 * own come from memory; what others wrote between them is read from the file, once for all followers. Readers near
 * the head are served from here; the others read the file.
 */
export class RecentEvents {
  private readonly slots: (PlacedEvent | undefined)[];
  private readonly wanted = new Set<string>();
  private first: number;
  private last: number;
  private totalChars = 0;

  constructor(
    private readonly limits: RecentLimits,
    head: number,
    private readonly readBetween: ReadBetween,
  ) {
    this.slots = new Array<PlacedEvent | undefined>(limits.maxEvents);
    this.first = head + 1;
    this.last = head;
  }

  /** Events of these categories are kept from now on. */
  want(categories: Iterable<string>): void {
    const before = this.wanted.size;
    for (const category of categories) this.wanted.add(category);
    if (this.wanted.size > before) this.restart(this.last);
  }

  /** `count` events of one commit, the first of them at `position`; `make` is called where somebody follows them. */
  push(
    category: string,
    position: number,
    count: number,
    make: () => readonly RecordedEvent[],
    chars: number,
  ): void {
    if (position <= this.last) return;
    if (position > this.last + 1) this.fillTo(position - 1);
    if (this.wanted.has(category)) {
      for (const event of make()) this.put({ event, category, chars: chars / count });
    } else {
      for (let placed = 0; placed < count; placed += 1) this.put(undefined);
    }
  }

  /** Reads what others wrote up to `head`; more of it than is kept is left to the file. */
  fillTo(head: number): void {
    if (head <= this.last) return;
    if (this.wanted.size === 0 || head - this.last > this.limits.maxEvents / 2) {
      this.restart(head);
      return;
    }
    for (const [position, placed] of this.readBetween(this.wanted, this.last, head)) {
      while (this.last < position - 1) this.put(undefined);
      this.put(placed);
    }
    while (this.last < head) this.put(undefined);
  }

  /** Null where the answer is not here. */
  read(categories: ReadonlySet<string>, after: number, max: number): RecentRead | null {
    if (after + 1 < this.first || after > this.last) return null;
    const found: RecordedEvent[] = [];
    let cursor = after;
    while (cursor < this.last && found.length < max) {
      cursor += 1;
      const placed = this.slots[cursor % this.limits.maxEvents];
      if (placed !== undefined && categories.has(placed.category)) found.push(placed.event);
    }
    return { events: found, cursor };
  }

  /** Forgets everything up to `head`. */
  restart(head: number): void {
    if (this.last >= this.first) this.slots.fill(undefined);
    this.totalChars = 0;
    this.first = head + 1;
    this.last = head;
  }

  private put(placed: PlacedEvent | undefined): void {
    this.last += 1;
    while (this.last - this.first >= this.limits.maxEvents) this.dropFirst();
    this.slots[this.last % this.limits.maxEvents] = placed;
    this.totalChars += placed?.chars ?? 0;
    while (this.totalChars > this.limits.maxChars && this.first <= this.last) this.dropFirst();
  }

  private dropFirst(): void {
    const slot = this.first % this.limits.maxEvents;
    this.totalChars -= this.slots[slot]?.chars ?? 0;
    this.slots[slot] = undefined;
    this.first += 1;
  }
}
