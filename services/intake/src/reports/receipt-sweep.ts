import { setImmediate, setTimeout } from 'node:timers/promises';

import { newEventId, type EventStore } from '@city311/eventing';
import { streamName, type Category, type Position, type StreamName } from '@city311/kernel';
import type { Clock, Logger } from '@city311/platform';

import { receiptCodec } from '../case.codec.js';
import type { ReportIntake } from './report-intake.js';

const receipts = 'intake.receipt' as Category;
/** Small, so that requests are answered between two batches. */
const batchSize = 100;
const firstRetryMs = 500;
const longestRetryMs = 30_000;

export interface ReceiptSweepPorts {
  readonly store: EventStore;
  readonly reports: ReportIntake;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly jurisdiction: string;
}

/**
 * At start: completes receipts whose case never got written because the process died between the two. How far
 * it came is kept in a stream of its own, so that each receipt is looked at once.
 */
export class ReceiptSweep {
  readonly #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(private readonly ports: ReceiptSweepPorts) {}

  /** Begins; resolves when all is swept, after `patienceMs` at most: what is left is swept while requests are served. */
  async start(patienceMs: number): Promise<void> {
    this.#running = this.#untilSwept();
    const patience = new AbortController();
    await Promise.race([this.#running, setTimeout(patienceMs, null, { signal: patience.signal })]);
    patience.abort();
  }

  /** What was not swept yet is left to the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** An engine may be away just now. Never rejects. */
  async #untilSwept(): Promise<void> {
    const { signal } = this.#stopping;
    for (let waitMs = firstRetryMs; !this.#isStopped(); waitMs = Math.min(waitMs * 2, longestRetryMs)) {
      try {
        await this.run();
        return;
      } catch (error) {
        this.ports.logger.error({ err: error }, 'receipts could not be swept; trying again');
        await setTimeout(waitMs, null, { signal, ref: false }).catch(() => null);
      }
    }
  }

  #isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** How many cases were missing. */
  async run(): Promise<number> {
    const { store, reports, logger } = this.ports;
    let after = await this.#remembered();
    let completed = 0;
    let seen = 0;
    while (!this.#isStopped()) {
      const { events, position } = await store.readCategories([receipts], after, batchSize);
      if (events.length === 0 && position === after) break;
      seen += events.length;
      // What is said about a case has a receipt, too; whoever said it sends it again.
      const taken = events
        .map(({ type, data }) => receiptCodec.fromWire(type, data))
        .flatMap((event) => (event.type === 'ReceiptTaken' ? [event.data] : []));
      const cases = taken.map(({ caseNumber }) => streamName('intake.case', caseNumber));
      const written = await store.readStreams(cases);
      const missing = taken.filter((_, index) => !isWritten(cases[index], written));
      for (const receipt of missing) await reports.complete(receipt);
      completed += missing.length;
      await Promise.all(taken.map((receipt) => reports.noteAuthor(receipt)));
      after = position;
      await setImmediate();
    }
    if (after !== null && seen > 0) await this.#remember(after);
    if (completed > 0) logger.warn({ completed }, 'completed receipts whose case was not written');
    return completed;
  }

  /** Where the last sweep ended; null, which looks at every receipt again, where that was in another log. */
  async #remembered(): Promise<Position | null> {
    const { store, jurisdiction } = this.ports;
    const swept = await store.readStream(streamName('intake.receiptsweep', jurisdiction));
    const last = swept.at(-1)?.data as { readonly upTo: Position } | undefined;
    if (last === undefined) return null;
    try {
      await store.readCategories([receipts], last.upTo, 1);
      return last.upTo;
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  /** Processes that start together may each remember; going back a little only means looking twice. */
  async #remember(upTo: Position): Promise<void> {
    const { store, clock, jurisdiction } = this.ports;
    await store.append(
      streamName('intake.receiptsweep', jurisdiction),
      [
        {
          id: newEventId(),
          type: 'intake.ReceiptsSwept.v1',
          data: { upTo },
          source: '/intake',
          subject: `intake.receiptsweep-${jurisdiction}`,
          time: clock.now().toISOString(),
          actor: 'policy:receipt-sweep',
          jurisdiction,
          imported: false,
          correlationId: crypto.randomUUID(),
        },
      ],
      'any',
    );
  }
}

const isWritten = (stream: StreamName | undefined, written: ReadonlyMap<StreamName, unknown>): boolean =>
  stream !== undefined && written.has(stream);
