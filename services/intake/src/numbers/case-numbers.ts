import {
  makeCaseNumber,
  type LeaseBlock,
  type NumberBlockEvent,
  type NumberBlockRefusal,
  type NumberBlocks,
  type SkipBlocks,
} from '@city311/domain-intake';
import { VersionConflictError, type CommandHandler } from '@city311/eventing';
import { streamName, TransientError, type CaseNumber, type StreamName } from '@city311/kernel';
import type { Clock } from '@city311/platform';
import type { Vault } from '@city311/vault';

type Handler = CommandHandler<NumberBlocks, LeaseBlock | SkipBlocks, NumberBlockEvent, NumberBlockRefusal>;

export const numbersStream: StreamName = streamName('intake.numbers', 'cases');

/**
 * Gives out case numbers, each once, from blocks that this process leased through an event stream. What is left of
 * a block when the process ends is never used. The next block is leased before the last one runs out.
 */
export class CaseNumbers {
  #next = 0;
  #last = -1;
  #leasing: Promise<void> | null = null;
  #ahead: { readonly from: number; readonly to: number } | null = null;

  constructor(
    private readonly handler: Handler,
    private readonly vault: Vault,
    private readonly clock: Clock,
    private readonly jurisdiction: string,
    private readonly holder: string,
  ) {}

  async take(): Promise<CaseNumber> {
    while (this.#next > this.#last) {
      if (this.#ahead !== null) {
        this.#next = this.#ahead.from;
        this.#last = this.#ahead.to;
        this.#ahead = null;
      } else await this.#leaseOnce();
    }
    const payload = this.#next++;
    if (this.#last - this.#next < 300 && this.#ahead === null) void this.#leaseOnce().catch(() => undefined);
    return makeCaseNumber(payload);
  }

  #leaseOnce(): Promise<void> {
    this.#leasing ??= this.#lease().finally(() => {
      this.#leasing = null;
    });
    return this.#leasing;
  }

  async #lease(): Promise<void> {
    const now = this.clock.now().toISOString();
    const request = crypto.randomUUID();
    const handled = await this.handler
      .handle(
        numbersStream,
        { type: 'LeaseBlock', data: { holder: `${this.holder}/${request}`, leasedAt: now } },
        {
          source: '/intake',
          subject: 'intake.numbers-cases',
          time: now,
          actor: 'policy:case-numbers',
          jurisdiction: this.jurisdiction,
          imported: false,
          correlationId: request,
        },
      )
      .catch((error: unknown) => {
        // Many processes lease at once: nothing that the sender of a report could have done otherwise.
        if (error instanceof VersionConflictError)
          throw new TransientError('case numbers are sought after', { cause: error });
        throw error;
      });
    if (handled.outcome === 'refused')
      throw new TransientError(`no case numbers left: ${handled.refusal.code}`);
    const [leased] = handled.events;
    if (leased === undefined)
      throw new TransientError('the block of case numbers was leased by another request');
    const { from, to } = leased.data;
    // Keys of the block's cases are durable before any of its numbers is given out: a report then needs none of its own.
    const numbers = Array.from({ length: to - from + 1 }, (_, index) => makeCaseNumber(from + index));
    await this.vault.reserveKeys(numbers.map((number) => `case:${number}` as const));
    this.#ahead = { from, to };
  }
}
