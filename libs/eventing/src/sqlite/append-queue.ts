import { TransientError } from '@city311/kernel';
import type { RecordedEvent } from '@city311/kernel';

import type { BatchWriter } from './local-writer.js';
import type { AppendResult, EncodedAppend } from './writer-protocol.js';

export interface QueueLimits {
  /** Appends waiting or on their way; over it they are refused. */
  readonly maxAppends: number;
  readonly maxChars: number;
  readonly maxBatchAppends: number;
  /** How long an append may wait for its answer. */
  readonly timeoutMs: number;
}

export interface PendingAppend {
  readonly append: EncodedAppend;
  readonly chars: number;
  /** Its events as the log holds them, given where the last one lies. */
  placed(last: { readonly revision: number; readonly position: number }): readonly RecordedEvent[];
  settle(result: AppendResult): void;
  fail(error: TransientError): void;
}

interface Entry extends PendingAppend {
  readonly deadline: number;
  sent: boolean;
  done: boolean;
}

/** One batch is being written, one lies ready behind it: the writer never waits for this thread. */
const batchesInFlight = 2;

/**
 * Gathers the appends of one turn of the event loop, or those that came while the writer was busy, into one batch.
 * Keeps order. When the writer is lost, what it had not answered is sent to the next one, marked as retried.
 */
export class AppendQueue {
  private queued: Entry[] = [];
  private inFlight: Entry[][] = [];
  private writer: BatchWriter | null = null;
  private appends = 0;
  private chars = 0;
  private flushPlanned = false;
  private idle: (() => void)[] = [];

  /**
   * @param onCommitted  called once per batch, before its appends are settled
   * @param onFenced     the writer turned out to hold no lease
   */
  constructor(
    private readonly limits: QueueLimits,
    private readonly onCommitted: (batch: readonly PendingAppend[], results: readonly AppendResult[]) => void,
    private readonly onFenced: (reason: string) => void,
  ) {}

  /** @throws TransientError  the queue is full; the append was not taken */
  add(pending: PendingAppend): void {
    if (this.appends >= this.limits.maxAppends || this.chars >= this.limits.maxChars) {
      throw new TransientError(`the log takes no more appends now: ${this.appends} wait for their answer`);
    }
    this.appends += 1;
    this.chars += pending.chars;
    this.queued.push({ ...pending, deadline: Date.now() + this.limits.timeoutMs, sent: false, done: false });
    this.planFlush();
  }

  /** Null while no writer is known: appends wait. */
  use(writer: BatchWriter | null): void {
    this.writer = writer;
    const unanswered = this.inFlight.flat().filter((entry) => !entry.done);
    this.inFlight = [];
    this.queued = [...unanswered, ...this.queued];
    if (this.queued.length > 0) this.planFlush();
  }

  /** Refuses the appends whose time is up. */
  expire(now: number): void {
    if (!this.queued.some((entry) => entry.deadline <= now)) return;
    const late = this.queued.filter((entry) => entry.deadline <= now);
    this.queued = this.queued.filter((entry) => entry.deadline > now);
    for (const entry of late) {
      this.finish(entry);
      entry.fail(
        new TransientError(
          entry.sent
            ? 'no answer from the log writer: the append may stand'
            : 'no log writer: nothing was written',
        ),
      );
    }
  }

  /** Resolves when nothing waits for an answer. */
  drained(): Promise<void> {
    return this.appends === 0 ? Promise.resolve() : new Promise((resolve) => this.idle.push(resolve));
  }

  private planFlush(): void {
    if (this.flushPlanned) return;
    this.flushPlanned = true;
    setImmediate(() => {
      this.flushPlanned = false;
      this.flush();
    });
  }

  private flush(): void {
    while (this.writer !== null && this.queued.length > 0 && this.inFlight.length < batchesInFlight) {
      const batch = this.queued.splice(0, this.limits.maxBatchAppends);
      this.inFlight.push(batch);
      void this.send(this.writer, batch);
    }
  }

  private async send(writer: BatchWriter, batch: Entry[]): Promise<void> {
    const appends = batch.map((entry) => (entry.sent ? { ...entry.append, retried: true } : entry.append));
    for (const entry of batch) entry.sent = true;
    try {
      const result = await writer.write(appends);
      const at = this.inFlight.indexOf(batch);
      if (at >= 0) this.inFlight.splice(at, 1);
      if (result.outcome === 'committed') {
        this.onCommitted(batch, result.results);
        result.results.forEach((answer, index) => {
          const entry = batch[index];
          if (entry !== undefined && this.finish(entry)) entry.settle(answer);
        });
      } else {
        const error = new TransientError(`nothing was written: ${result.reason}`);
        for (const entry of batch) if (this.finish(entry)) entry.fail(error);
        if (result.outcome === 'fenced') this.onFenced(result.reason);
      }
    } catch {
      // the answer is lost: whoever lost the writer calls `use`, and the batch goes out again
      return;
    }
    this.flush();
  }

  private finish(entry: Entry): boolean {
    if (entry.done) return false;
    entry.done = true;
    this.appends -= 1;
    this.chars -= entry.chars;
    if (this.appends === 0) {
      const woken = this.idle;
      this.idle = [];
      for (const resolve of woken) resolve();
    }
    return true;
  }
}
