import type { EventStore } from '@city311/eventing';
import { streamName, type Category, type Position } from '@city311/kernel';
import type { Logger } from '@city311/platform';

import { receiptCodec } from '../case.codec.js';
import type { ReportIntake } from './report-intake.js';

const batchSize = 500;

/**
 * At start: completes receipts whose case never got written because the process died between the two. How far
 * it came is kept in a stream of its own, so that each receipt is looked at once.
 */
export class ReceiptSweep {
  constructor(
    private readonly store: EventStore,
    private readonly reports: ReportIntake,
    private readonly logger: Logger,
    private readonly jurisdiction: string,
  ) {}

  async run(): Promise<number> {
    const stream = streamName('intake.receiptsweep', this.jurisdiction);
    const swept = await this.store.readStream(stream);
    const last = swept[swept.length - 1]?.data as { readonly upTo: Position } | undefined;
    let after: Position | null = last?.upTo ?? null;
    let completed = 0;
    for (;;) {
      const { events, position } = await this.store.readCategories(
        ['intake.receipt' as Category],
        after,
        batchSize,
      );
      if (events.length === 0) break;
      const taken = events.map(({ type, data }) => receiptCodec.fromWire(type, data).data);
      const cases = taken.map(({ caseNumber }) => streamName('intake.case', caseNumber));
      const written = await this.store.readStreams(cases);
      for (const [index, receipt] of taken.entries()) {
        const stream = cases[index];
        if (stream === undefined || written.has(stream)) continue;
        await this.reports.complete(receipt);
        completed += 1;
      }
      after = position;
    }
    if (after !== null && after !== last?.upTo) await this.#remember(after, swept.length);
    if (completed > 0) this.logger.warn({ completed }, 'completed receipts whose case was not written');
    return completed;
  }

  async #remember(upTo: Position, revision: number): Promise<void> {
    const now = new Date().toISOString();
    await this.store.append(
      streamName('intake.receiptsweep', this.jurisdiction),
      [
        {
          id: crypto.randomUUID(),
          type: 'intake.ReceiptsSwept.v1',
          data: { upTo },
          source: '/intake',
          subject: `intake.receiptsweep-${this.jurisdiction}`,
          time: now,
          actor: 'policy:receipt-sweep',
          jurisdiction: this.jurisdiction,
          imported: false,
          correlationId: crypto.randomUUID(),
        },
      ],
      revision === 0 ? 'no-stream' : 'any',
    );
  }
}
