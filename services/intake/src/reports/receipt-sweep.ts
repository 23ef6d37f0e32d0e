import { setImmediate, setTimeout } from 'node:timers/promises';

import { newEventId, type EventStore } from '@city311/eventing';
import { streamName, type Category, type Position, type StreamName } from '@city311/kernel';
import type { Clock, Logger } from '@city311/platform';

import { receiptCodec } from '../case.codec.js';
import type { ReportIntake } from './report-intake.js';

/** Small, so that requests are answered between two batches. */
const batchSize = 100;

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
  #running: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(private readonly ports: ReceiptSweepPorts) {}

  /** Begins; resolves when all is swept, after `patienceMs` at most: what is left is swept while requests are served. */
  async start(patienceMs: number): Promise<void> {
    this.#running = this.run().catch((error: unknown) => {
      this.ports.logger.error({ err: error }, 'receipts could not be swept; the next start tries again');
    });
    const patience = new AbortController();
    await Promise.race([this.#running, setTimeout(patienceMs, null, { signal: patience.signal })]);
    patience.abort();
  }

  /** What was not swept yet is left to the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** How many cases were missing. */
  async run(): Promise<number> {
    const { store, reports, logger, jurisdiction } = this.ports;
    const swept = await store.readStream(streamName('intake.receiptsweep', jurisdiction));
    const last = swept[swept.length - 1]?.data as { readonly upTo: Position } | undefined;
    let after: Position | null = last?.upTo ?? null;
    let completed = 0;
    let seen = 0;
    while (!this.#stopped) {
      const { events, position } = await store.readCategories(
        ['intake.receipt' as Category],
        after,
        batchSize,
      );
      if (events.length === 0 && position === after) break;
      seen += events.length;
      const taken = events.map(({ type, data }) => receiptCodec.fromWire(type, data).data);
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
