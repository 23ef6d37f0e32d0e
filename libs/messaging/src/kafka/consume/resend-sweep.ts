import type { KafkaMessage } from 'kafkajs';

import type { ConsumerOptions } from '../../messaging.js';
import type { Delivery } from '../../in-order/delivery.js';
import { reasonOf } from '../../retry.js';
import type { ParseMessage } from '../binding.js';
import { caseOf, eventOf, readMessage } from './incoming.js';
import type { OwnLine } from './own-lines.js';
import type { ParkedBoard } from './parked-board.js';
import type { ParkedLog } from './parked-log.js';
import { decodeRecord, encodeRecord } from './parked-record.js';
import { readPlainly, type PlainReaderOptions } from './plain-reader.js';

export interface ResendSweepOptions extends Pick<PlainReaderOptions, 'kafka' | 'timing' | 'logger'> {
  readonly settings: ConsumerOptions;
  readonly parkedTopic: string;
  readonly partition: number;
  readonly epoch: number;
  readonly lines: Map<string, OwnLine>;
  readonly board: ParkedBoard;
  readonly log: ParkedLog;
  readonly parse: ParseMessage;
  readonly delivery: Delivery;
  readonly stopping: AbortSignal;
}

const batchSize = 64;

/**
 * Sends the lines of one partition again that somebody asked for: reads the parked topic from the first of them on,
 * so that each line goes in order and none is held in memory, until each is empty or has failed again.
 */
export class ResendSweep {
  #atWork: Promise<void> | null = null;

  readonly #types: ReadonlySet<string>;

  constructor(private readonly options: ResendSweepOptions) {
    this.#types = new Set(options.settings.types);
  }

  /** Starts where something was asked for and nothing is under way. */
  look(): void {
    const { stopping, logger, settings } = this.options;
    if (this.#atWork !== null || stopping.aborted || this.#asked().size === 0) return;
    this.#atWork = this.#sweep()
      .catch((error: unknown) => {
        if (!stopping.aborted)
          logger.error(
            { group: settings.group, reason: reasonOf(error) },
            'parked messages could not be sent again',
          );
      })
      .finally(() => {
        this.#atWork = null;
        this.look();
      });
  }

  async idle(): Promise<void> {
    await this.#atWork;
  }

  /** Lines that are wished to be tried, by case. */
  #asked(): Map<string, OwnLine> {
    const { board, parkedTopic, settings, partition, lines } = this.options;
    const asked = new Map<string, OwnLine>();
    for (const [caseNumber, { asked: wish }] of board.fold(parkedTopic).linesIn(settings.group, partition)) {
      const line = lines.get(caseNumber);
      if (wish !== null && line !== undefined && wish > line.done) asked.set(caseNumber, line);
    }
    return asked;
  }

  async #sweep(): Promise<void> {
    const { kafka, timing, logger, parkedTopic, partition, stopping } = this.options;
    const open = this.#asked();
    const start = Math.min(...[...open.values()].map((line) => line.from));
    const from = new Map([[parkedTopic, new Map([[partition, start]])]]);
    for await (const batch of readPlainly({ kafka, timing, logger, from, batchSize, signal: stopping })) {
      const byCase = Map.groupBy(batch, ({ message }) => caseOf(message));
      await Promise.all(
        [...byCase].map(async ([caseNumber, fetched]) => {
          for (const { message } of fetched)
            if (open.has(caseNumber) && !(await this.#tryAgain(caseNumber, message))) open.delete(caseNumber);
        }),
      );
      if (open.size === 0 || stopping.aborted) return;
    }
  }

  /** False when the line is at its end: empty, or failed again. */
  async #tryAgain(caseNumber: string, message: KafkaMessage): Promise<boolean> {
    const { settings, lines, log, partition, epoch, board, parkedTopic } = this.options;
    const { group } = settings;
    const record = decodeRecord(message);
    const line = lines.get(caseNumber);
    if (line === undefined) return false;
    if (record?.kind !== 'parked' || record.group !== group || record.offset !== line.offsets[0]) return true;
    const { offset } = record;
    const reason = await this.#deliver(message);
    if (reason === null) {
      await log.write([encodeRecord(partition, caseNumber, { kind: 'released', group, epoch, offset })]);
      line.offsets.shift();
      // In the same turn, so that what comes next of the case goes its usual way.
      if (line.offsets.length === 0) lines.delete(caseNumber);
      return line.offsets.length > 0;
    }
    line.done = board.fold(parkedTopic).linesIn(group, partition).get(caseNumber)?.asked ?? line.done;
    const at = new Date().toISOString();
    await log.write([
      encodeRecord(partition, caseNumber, { kind: 'failed', group, epoch, offset, reason, at }),
    ]);
    return false;
  }

  /** Null when it was handled, else why it stays parked. @throws Error  stopped before it was tried */
  async #deliver(message: KafkaMessage): Promise<string | null> {
    const { settings, parse, delivery, stopping } = this.options;
    stopping.throwIfAborted();
    try {
      const event = eventOf(readMessage(settings.topic, message, parse));
      if (!this.#types.has(event.type)) return null;
      const outcome = await delivery.one(event);
      return typeof outcome === 'object' ? outcome.park : null;
    } catch (error) {
      return reasonOf(error);
    }
  }
}
