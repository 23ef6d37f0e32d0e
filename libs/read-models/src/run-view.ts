import { TransientError, type Position, type PublicEvent } from '@city311/kernel';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';

import type { TopicBatch } from '@city311/messaging';

import { endWhenIdle } from './end-when-idle.js';
import { retryParkedKey } from './retry-parked.js';
import type { View } from './read-models.js';
import { takeBatch } from './take-batch.js';
import type { ViewRunner, ViewRunnerOptions, ViewStatus } from './view-runner.js';

const leasePollMs = 250;
const maxRetryDelayMs = 30_000;
/** A rebuild whose topics stay silent this long has read all there is: the head may lie in another topic. */
const idleMs = 2000;

/** Opens the view and keeps it up to date; resolves as soon as it is open. */
export const runView = async <Doc extends object>(
  options: ViewRunnerOptions<Doc>,
): Promise<ViewRunner<Doc>> => {
  const opened = await options.store.open(options.projection);
  const running = new RunningView(options, opened.view, opened.readable);
  running.start();
  return running;
};

class RunningView<Doc extends object> implements ViewRunner<Doc> {
  readonly #stopping = new AbortController();
  #rebuilding = 0;
  #loop: Promise<void> = Promise.resolve();
  /** Batches and retries of parked documents take turns, since both add to the same queues. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: ViewRunnerOptions<Doc>,
    readonly view: View<Doc>,
    private readable: boolean,
  ) {}

  start(): void {
    this.#loop = this.#run();
  }

  ready(): boolean {
    return this.readable;
  }

  async status(): Promise<ViewStatus> {
    return {
      view: this.options.projection.view.name,
      position: await this.view.checkpoint(),
      parked: await this.view.parkedCount(),
      rebuilding: this.#rebuilding > 0,
    };
  }

  async retryParked(key?: string): Promise<number> {
    const keys = key === undefined ? await this.view.parkedKeys() : [key];
    let taken = 0;
    for (const each of keys) {
      let some = 0;
      do {
        some = await this.#inTurn(() => retryParkedKey(this.options, this.view, each));
        taken += some;
      } while (some > 0);
    }
    return taken;
  }

  async rebuild(): Promise<{ readonly events: number }> {
    const { store, projection, reader, topics, prepare, rebuildBatchSize = 2000 } = this.options;
    const { signal } = this.#stopping;
    const reading = new AbortController();
    this.#rebuilding += 1;
    try {
      const until = await reader.head(topics);
      // Topics without an event may have a position, which the live view has seen.
      const isNew = until === null && (await this.view.checkpoint()) === null;
      const follow = reader.follow(topics, {
        after: null,
        batchSize: rebuildBatchSize,
        signal: AbortSignal.any([signal, reading.signal]),
      });
      const feed = endWhenIdle(follow, isNew ? 0 : idleMs);
      const rebuilt = await store.rebuild(projection, feed, {
        until,
        signal,
        ...(prepare === undefined ? {} : { prepare }),
      });
      this.readable = true;
      return rebuilt;
    } finally {
      reading.abort();
      this.#rebuilding -= 1;
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    await this.#turn;
  }

  async #run(): Promise<void> {
    const { onRetry, retryDelayMs = 200 } = this.options;
    let delay = retryDelayMs;
    while (!this.#stopped()) {
      try {
        if (this.#mayApply()) {
          await this.#catchUp();
          await this.#follow(() => {
            delay = retryDelayMs;
          });
        } else if (!this.readable) {
          // Whoever holds the lease builds it.
          this.readable = await this.#answers();
        }
        // No lease, or the reader has closed: look again in a while.
        await this.#pause(leasePollMs);
      } catch (error) {
        if (this.#stopped()) return;
        onRetry?.(error);
        await this.#pause(delay);
        delay = Math.min(delay * 2, maxRetryDelayMs);
      }
    }
  }

  /** A view of an older shape, or one that has read nothing yet, is filled in bulk first. */
  async #catchUp(): Promise<void> {
    const { store, projection, reader, topics, onApplied } = this.options;
    const { stale, readable } = await store.open(projection);
    this.readable = readable;
    const empty = (await this.view.checkpoint()) === null;
    if (!stale && (!empty || (await reader.head(topics)) === null)) return;
    await this.rebuild();
    const position = await this.view.checkpoint();
    if (position !== null) onApplied?.(position);
  }

  async #follow(onProgress: () => void): Promise<void> {
    const { reader, topics, batchSize = 500, onApplied, around = (_, take) => take() } = this.options;
    const after = await this.view.checkpoint();
    const feed = reader.follow(topics, { after, batchSize, signal: this.#stopping.signal });
    for await (const { events, position, unreadable } of feed) {
      if (this.#stopped() || !this.#mayApply()) return;
      await this.#inTurn(() =>
        events.length === 0
          ? this.view.apply([], position)
          : around(events, () => this.#take(events, position, unreadable)),
      );
      onProgress();
      onApplied?.(position);
      // Writing has waited for a turn of its own.
      if (events.length === 0) await nextTurn();
    }
  }

  async #take(
    events: readonly PublicEvent[],
    position: Position,
    unreadable: TopicBatch['unreadable'],
  ): Promise<void> {
    const { projection, prepare } = this.options;
    const parkedKeys = await this.view.parkedKeys();
    await takeBatch(
      {
        projection,
        prepare,
        parkedKeys,
        take: (accepted, park) =>
          this.view.apply(accepted, position, park.length === 0 ? undefined : { add: park }),
      },
      events,
      unreadable,
    );
  }

  /** Readers say so themselves where they cannot read. */
  async #answers(): Promise<boolean> {
    try {
      await this.view.get('');
      return true;
    } catch (error) {
      if (error instanceof TransientError) return false;
      throw error;
    }
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #mayApply(): boolean {
    return this.options.lease?.isHeld() ?? true;
  }

  #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #pause(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}
