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

/**
 * The newest events of the log, without a gap: positions `first` to `last`. Readers near the head are served from
 * here; the others, and everyone after a gap, read the file.
 */
export class RecentEvents {
  private readonly events: (RecordedEvent | undefined)[];
  private readonly categories: string[];
  private readonly chars: number[];
  private first: number;
  private last: number;
  private totalChars = 0;

  constructor(
    private readonly limits: RecentLimits,
    head: number,
  ) {
    this.events = new Array<RecordedEvent | undefined>(limits.maxEvents);
    this.categories = new Array<string>(limits.maxEvents);
    this.chars = new Array<number>(limits.maxEvents);
    this.first = head + 1;
    this.last = head;
  }

  /** Position of the newest event held, or of the last one forgotten. */
  get newest(): number {
    return this.last;
  }

  /** Events of one commit, the first of them at `position`; anything between it and the last one known is a gap. */
  push(category: string, position: number, events: readonly RecordedEvent[], chars: number): void {
    if (position !== this.last + 1) this.restart(position - 1);
    for (const event of events) {
      this.last += 1;
      while (this.last - this.first >= this.limits.maxEvents) this.dropFirst();
      const slot = this.last % this.limits.maxEvents;
      this.events[slot] = event;
      this.categories[slot] = category;
      this.chars[slot] = chars / events.length;
      this.totalChars += chars / events.length;
    }
    while (this.totalChars > this.limits.maxChars && this.first <= this.last) this.dropFirst();
  }

  /** Null where the answer is not here. */
  read(categories: ReadonlySet<string>, after: number, max: number): RecentRead | null {
    if (after + 1 < this.first || after > this.last) return null;
    const found: RecordedEvent[] = [];
    let cursor = after;
    while (cursor < this.last && found.length < max) {
      cursor += 1;
      const slot = cursor % this.limits.maxEvents;
      const event = this.events[slot];
      if (event !== undefined && categories.has(this.categories[slot] ?? '')) found.push(event);
    }
    return { events: found, cursor };
  }

  /** Forgets everything up to `head`. */
  restart(head: number): void {
    this.events.fill(undefined);
    this.totalChars = 0;
    this.first = head + 1;
    this.last = head;
  }

  private dropFirst(): void {
    const slot = this.first % this.limits.maxEvents;
    this.events[slot] = undefined;
    this.totalChars -= this.chars[slot] ?? 0;
    this.first += 1;
  }
}
