/** Wakes those who wait for a view to move on. */
export class Signals {
  readonly #waiting = new Map<string, Set<() => void>>();

  notify(view: string): void {
    for (const wake of this.#waiting.get(view) ?? []) wake();
  }

  notifyAll(): void {
    for (const view of this.#waiting.keys()) this.notify(view);
  }

  /** Resolves at the next signal for the view, or after `ms`. */
  next(view: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(view) ?? new Set();
      this.#waiting.set(view, waiting);
      const wake = (): void => {
        clearTimeout(timer);
        waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      waiting.add(wake);
    });
  }
}
