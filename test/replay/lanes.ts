/** Runs a bounded number of tasks side by side; the first failure stops everything. */
export class Lanes {
  private running = 0;
  private failure: { readonly cause: unknown } | undefined;
  private readonly waiting = new Set<() => void>();
  private readonly breaking = Promise.withResolvers<never>();

  constructor(private readonly width: number) {
    this.breaking.promise.catch(() => undefined);
  }

  /** Never resolves; rejects with what the first task threw, also while nobody starts or awaits another. */
  get broken(): Promise<never> {
    return this.breaking.promise;
  }

  get busy(): number {
    return this.running;
  }

  /** Resolves once the task has a lane, not when it ends. @throws what an earlier task threw */
  async start(task: () => Promise<void>): Promise<void> {
    await this.until(() => this.running < this.width);
    this.running += 1;
    void task()
      .catch((cause: unknown) => {
        this.failure ??= { cause };
        this.breaking.reject(cause);
      })
      .finally(() => {
        this.running -= 1;
        this.wake();
      });
  }

  /** Resolves when no task runs. @throws what a task threw */
  idle(): Promise<void> {
    return this.until(() => this.running === 0);
  }

  private async until(reached: () => boolean): Promise<void> {
    for (;;) {
      if (this.failure !== undefined) throw this.failure.cause;
      if (reached()) return;
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  private wake(): void {
    const woken = [...this.waiting];
    this.waiting.clear();
    for (const resolve of woken) resolve();
  }
}

/** Counts what is under way; `enter` waits while there is no room. An entry larger than the limit goes in alone. */
export class Gate {
  private inside = 0;
  private readonly waiting = new Set<() => void>();

  constructor(private readonly limit: number) {}

  get count(): number {
    return this.inside;
  }

  async enter(count: number): Promise<void> {
    while (this.inside > 0 && this.inside + count > this.limit) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
    this.inside += count;
  }

  leave(count: number): void {
    this.inside -= count;
    const woken = [...this.waiting];
    this.waiting.clear();
    for (const resolve of woken) resolve();
  }
}
