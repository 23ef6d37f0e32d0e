import { Worker } from 'node:worker_threads';

import type { Config } from '../config.js';
import type { Status } from '../http/status.js';
import type { Snapshot } from '../metrics/thread-metrics.js';
import type { BackgroundWork, FromBackground, Method, ToBackground, ViewLine } from './background-work.js';
import { fromFailure } from './failure.js';

/** Heap of the background thread; what it keeps on purpose is bounded and takes about half of it. */
const heapMegabytes = 256;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The background thread as the HTTP thread sees it. */
export class BackgroundThread implements BackgroundWork {
  readonly #waiting = new Map<number, Waiting>();
  readonly #started = Promise.withResolvers<undefined>();
  readonly #worker: Worker;
  #isStarted = false;
  #stopping = false;
  #lastId = 0;

  /** @param onEnd  the thread ended though nobody asked it to: nothing moves on any more */
  constructor(
    config: Config,
    private readonly onApplied: (view: string) => void,
    private readonly onEnd: (error: Error) => void,
  ) {
    this.#worker = new Worker(new URL('./background.worker.js', import.meta.url), {
      workerData: config,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: 96 },
    });
    this.#worker.on('message', (message: FromBackground) => {
      this.#take(message);
    });
    this.#worker.on('error', (error) => {
      this.#ended(error instanceof Error ? error : new Error(String(error)));
    });
    this.#worker.on('exit', () => {
      this.#ended(new Error('the background thread has ended'));
    });
  }

  /** @throws Error  it could not start */
  async started(): Promise<void> {
    await this.#started.promise;
  }

  status(): Promise<Status> {
    return this.#ask<Status>('status');
  }

  async metrics(): Promise<Snapshot> {
    if (!this.#isStarted) throw new Error('the background thread has not started yet');
    return this.#ask<Snapshot>('metrics');
  }

  async waitingFor(): Promise<readonly string[]> {
    return this.#isStarted ? this.#ask<readonly string[]>('waitingFor') : ['background'];
  }

  views(): Promise<readonly ViewLine[]> {
    return this.#ask<readonly ViewLine[]>('views');
  }

  rebuild(view: string): Promise<{ readonly events: number } | null> {
    return this.#ask<{ readonly events: number } | null>('rebuild', view);
  }

  retry(view: string): Promise<number | null> {
    return this.#ask<number | null>('retry', view);
  }

  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    if (this.#isStarted) await this.#ask('stop');
    await this.#worker.terminate();
  }

  #ask<Result>(method: Method, ...args: readonly string[]): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#lastId += 1;
      this.#waiting.set(this.#lastId, { resolve: resolve, reject });
      this.#worker.postMessage({ id: this.#lastId, method, args } satisfies ToBackground);
    });
  }

  #take(message: FromBackground): void {
    switch (message.kind) {
      case 'started':
        this.#isStarted = true;
        this.#started.resolve(undefined);
        return;
      case 'applied':
        this.onApplied(message.view);
        return;
      case 'answer':
        this.#waiting.get(message.id)?.resolve(message.result);
        this.#waiting.delete(message.id);
        return;
      case 'failed':
        if (message.id === null) this.#started.reject(fromFailure(message.failure));
        else {
          this.#waiting.get(message.id)?.reject(fromFailure(message.failure));
          this.#waiting.delete(message.id);
        }
    }
  }

  #ended(error: Error): void {
    this.#started.reject(error);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
    if (this.#stopping || !this.#isStarted) return;
    this.#stopping = true;
    this.onEnd(error);
  }
}
