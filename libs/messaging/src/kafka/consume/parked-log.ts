import { pause } from '../../in-order/pause.js';
import { backoffMs, reasonOf } from '../../retry.js';
import type { MessagingLogger } from '../../consumer-groups.js';
import type { Clients } from './clients.js';
import type { ParkedMessageOut } from './parked-record.js';

export interface ParkedLogOptions {
  readonly clients: Clients;
  readonly parkedTopic: string;
  readonly logger: MessagingLogger;
  /** Once it aborts, nothing more is written. */
  readonly stopping: AbortSignal;
}

const retryMs = 200;

/** The one that writes to a parked topic for a member: one write after the other, each tried until it is there. */
export class ParkedLog {
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ParkedLogOptions) {}

  /**
   * Resolves with where on the parked topic the first message of each partition lies, when all of them are there.
   * @throws Error  stopped before
   */
  write(messages: readonly ParkedMessageOut[]): Promise<ReadonlyMap<number, number>> {
    const turn = this.#last.then(() => this.#write(messages));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async idle(): Promise<void> {
    await this.#last;
  }

  async #write(messages: readonly ParkedMessageOut[]): Promise<ReadonlyMap<number, number>> {
    const { clients, parkedTopic, logger, stopping } = this.options;
    for (let attempts = 1; ; attempts += 1) {
      stopping.throwIfAborted();
      try {
        const written = await clients.produce(
          parkedTopic,
          messages.map(({ partition, key, value, headers }) => ({ partition, key, value, headers })),
        );
        return new Map(written.map(({ partition, baseOffset }) => [partition, Number(baseOffset ?? 0)]));
      } catch (error) {
        logger.warn({ parkedTopic, attempts, reason: reasonOf(error) }, 'a message could not be parked yet');
        await pause(backoffMs(attempts, retryMs), stopping);
      }
    }
  }
}
