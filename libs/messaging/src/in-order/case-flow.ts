import type { PublicEvent } from '@city311/kernel';

import type { ConsumerOptions } from '../messaging.js';
import { backoffMs } from '../retry.js';
import { CaseLines, type CaseLinesOptions, type InHand } from './case-lines.js';
import { batchAttempts, type Delivery } from './delivery.js';
import { pause } from './pause.js';

const maxWaiting = 256;
const batchesInMemory = 4;

export interface CaseFlowOptions<Message extends InHand> extends Pick<
  CaseLinesOptions<Message>,
  'onHandled' | 'park' | 'onParked' | 'onRetry' | 'stopping'
> {
  readonly delivery: Delivery;
  readonly settings: ConsumerOptions;
  readonly caseOf: (message: Message) => string;
  /** False where it cannot be read; its case goes on its own then, and `eventOf` says why. */
  readonly isReadable: (message: Message) => boolean;
  /** @throws PoisonMessageError  it cannot be read */
  readonly eventOf: (message: Message) => PublicEvent;
  readonly onBatchFailed: (attempts: number, error: unknown) => void;
}

/**
 * The way of messages to their handler: batches together where possible, else by case, in order within each case.
 * In hand are at most four batches and 256 cases that wait for a retry.
 */
export class CaseFlow<Message extends InHand> {
  readonly #lines: CaseLines<Message>;

  constructor(private readonly options: CaseFlowOptions<Message>) {
    const { delivery, settings, eventOf, onHandled, park, onParked, onRetry, stopping } = options;
    this.#lines = new CaseLines<Message>({
      deliver: async (message) => delivery.one(eventOf(message)),
      park,
      ...(onHandled === undefined ? {} : { onHandled }),
      ...(onParked === undefined ? {} : { onParked }),
      onRetry,
      maxAttempts: settings.maxAttempts,
      retryDelayMs: settings.retryDelayMs,
      maxMessages: batchesInMemory * settings.batchSize,
      maxWaiting,
      stopping,
    });
  }

  /** Takes messages in hand; resolves when more may be given, as soon as there is `room()`. Never rejects. */
  async take(messages: readonly Message[]): Promise<void> {
    const { delivery } = this.options;
    if (delivery.many === null) for (const message of messages) this.#line(message);
    else await this.#takeTogether(messages, delivery.many);
  }

  hasRoom(): boolean {
    return this.#lines.hasRoom();
  }

  /** Resolves when there is room for more, or at once when stopping. */
  room(): Promise<void> {
    return this.#lines.room();
  }

  /** Resolves when nothing is in hand or, once stopping, what waits for a retry was given up. */
  idle(): Promise<void> {
    return this.#lines.idle();
  }

  #line(message: Message, attempts = 0): void {
    this.#lines.add(this.options.caseOf(message), message, attempts);
  }

  /** All at once where possible; cases that are being retried, or have an unreadable event, go their own way after it. */
  async #takeTogether(messages: readonly Message[], handle: NonNullable<Delivery['many']>): Promise<void> {
    const { caseOf, isReadable, eventOf } = this.options;
    const apart = new Set<string>();
    const together: Message[] = [];
    const later: Message[] = [];
    for (const message of messages) {
      const caseNumber = caseOf(message);
      if (!isReadable(message)) apart.add(caseNumber);
      (apart.has(caseNumber) || this.#lines.has(caseNumber) ? later : together).push(message);
    }
    if (together.length > 0) {
      for (const { slice } of together) slice.pending += 1;
      const events = together.map(eventOf);
      const failed = await this.#tryBatch(() => handle(events));
      // Given up by a stop: the batch comes again.
      if (failed === null) return;
      for (const { slice } of together) slice.pending -= 1;
      if (failed === 0 && this.options.onHandled !== undefined) together.forEach(this.options.onHandled);
      if (failed > 0) for (const message of together) this.#line(message, together.length === 1 ? failed : 0);
    }
    for (const message of later) this.#line(message);
  }

  /** 0 when it worked, else after how many attempts to go on one by one; null when stopped meanwhile. */
  async #tryBatch(handle: () => Promise<void>): Promise<number | null> {
    const { settings, stopping, onBatchFailed } = this.options;
    for (let attempts = 1; ; attempts += 1) {
      try {
        await handle();
        return 0;
      } catch (error) {
        onBatchFailed(attempts, error);
        if (attempts >= Math.min(batchAttempts(error), settings.maxAttempts)) return attempts;
        await pause(backoffMs(attempts, settings.retryDelayMs), stopping);
        if (stopping.aborted) return null;
      }
    }
  }
}
