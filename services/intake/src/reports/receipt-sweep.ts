import { newEventId, type EventStore } from '@city311/eventing';
import { streamName, type Category, type Position, type StreamName } from '@city311/kernel';
import type { Clock, Logger } from '@city311/platform';

import { receiptCodec } from '../case.codec.js';
import type { ReportIntake } from './report-intake.js';

const batchSize = 500;

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
  constructor(private readonly ports: ReceiptSweepPorts) {}

  /** How many cases were missing. */
  async run(): Promise<number> {
    const { store, reports, logger, jurisdiction } = this.ports;
    const swept = await store.readStream(streamName('intake.receiptsweep', jurisdiction));
    const last = swept[swept.length - 1]?.data as { readonly upTo: Position } | undefined;
    let after: Position | null = last?.upTo ?? null;
    let completed = 0;
    let seen = 0;
    for (;;) {
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
    }
    if (seen > 0) await this.#remember(after);
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
