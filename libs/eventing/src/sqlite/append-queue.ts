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
  readonly count: number;
  /** Its events as the log holds them, given where the last one lies. */
  placed(last: { readonly revision: number; readonly position: number }): readonly RecordedEvent[];
  settle(result: Exclude<AppendResult, { outcome: 'failed' }>): void;
  fail(error: TransientError): void;
}

interface Entry extends PendingAppend {
  readonly deadline: number;
  sent: boolean;
  done: boolean;
}

/** An abandoned batch goes out again with the next writer: what comes of the first try does not count any more. */
interface Batch {
  readonly entries: readonly Entry[];
  abandoned: boolean;
}

/** One batch is being written, one lies ready behind it: the writer never waits for this thread. */
const batchesInFlight = 2;

/**
 * Gathers the appends of one turn of the event loop, or those that came while the writer was busy, into one batch.
 * Keeps order. When the writer is lost, what it had not answered is sent to the next one, marked as retried.
 */
export class AppendQueue {
  private queued: Entry[] = [];
  private inFlight: Batch[] = [];
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
    private readonly onFenced: () => void,
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
    for (const batch of this.inFlight) batch.abandoned = true;
    const unanswered = this.inFlight.flatMap((batch) => batch.entries);
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
      const batch = { entries: this.queued.splice(0, this.limits.maxBatchAppends), abandoned: false };
      this.inFlight.push(batch);
      void this.send(this.writer, batch);
    }
  }

  private async send(writer: BatchWriter, batch: Batch): Promise<void> {
    const { entries } = batch;
    const appends = entries.map((entry) => (entry.sent ? { ...entry.append, retried: true } : entry.append));
    for (const entry of entries) entry.sent = true;
    const result = await writer.write(appends).catch(() => null);
    // an answer that got lost: whoever noticed calls `use`, and the batch goes out again
    if (result === null || batch.abandoned) return;
    this.inFlight.splice(this.inFlight.indexOf(batch), 1);
    if (result.outcome === 'committed') {
      this.onCommitted(entries, result.results);
      result.results.forEach((answer, index) => {
        this.settle(entries[index], answer);
      });
    } else {
      const { reason } = result;
      for (const entry of entries) this.settle(entry, { outcome: 'failed', reason });
      if (result.outcome === 'fenced') this.onFenced();
    }
    this.flush();
  }

  private settle(entry: Entry | undefined, result: AppendResult): void {
    if (entry === undefined || !this.finish(entry)) return;
    if (result.outcome === 'failed') entry.fail(new TransientError(`nothing was written: ${result.reason}`));
    else entry.settle(result);
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
