import { TransientError } from '@city311/kernel';

/** So many in a row are no accident. */
const fewest = 3;
/** After that nobody knows: it is tried again, by whoever comes. */
const rememberedMs = 10_000;

interface Refused {
  count: number;
  at: number;
  why: string;
}

/**
 * Engines that answer and take nothing: an event store without a majority, a database that cannot write. Such a process
 * is not ready while its writes fail, and ready again once one has worked, or nobody has tried for a while.
 */
export class RefusedWrites {
  readonly #refused = new Map<string, Refused>();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  failed(engine: string, error: unknown): void {
    if (!(error instanceof TransientError)) return;
    const count = (this.#lately(engine)?.count ?? 0) + 1;
    this.#refused.set(engine, { count, at: this.nowMs(), why: error.message });
  }

  worked(engine: string): void {
    this.#refused.delete(engine);
  }

  troubles(): readonly string[] {
    return [...this.#refused.keys()].flatMap((engine) => {
      const refused = this.#lately(engine);
      return refused === undefined || refused.count < fewest
        ? []
        : [`${engine} takes nothing: ${refused.why}`];
    });
  }

  #lately(engine: string): Refused | undefined {
    const refused = this.#refused.get(engine);
    return refused === undefined || this.nowMs() - refused.at > rememberedMs ? undefined : refused;
  }
}
