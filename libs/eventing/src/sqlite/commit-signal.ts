/** Tells followers how far the log has got. */
export class CommitSignal {
  private waiting: (() => void)[] = [];

  constructor(private known: number) {}

  /** Position of the newest event that this process knows to be readable. */
  get head(): number {
    return this.known;
  }

  advance(head: number): void {
    if (head <= this.known) return;
    this.known = head;
    this.wake();
  }

  /** Also for nothing: those who wait look again. */
  wake(): void {
    const woken = this.waiting;
    this.waiting = [];
    for (const resume of woken) resume();
  }

  next(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
