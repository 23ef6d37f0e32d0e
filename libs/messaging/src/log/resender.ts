import type { TopicSource } from '../messaging.js';
import { reasonOf } from '../retry.js';
import type { ConsumerState, Member, ParkedRow } from './consumer-state.js';
import type { Delivery } from '../in-order/delivery.js';
import { eventOf } from './message.js';

export interface ResenderOptions {
  readonly state: ConsumerState;
  readonly member: Member;
  readonly source: TopicSource;
  readonly types: ReadonlySet<string>;
  readonly delivery: Delivery;
  readonly stopping: AbortSignal;
  /** The case's line is empty; called in the turn in which it was seen to be. */
  readonly onEmpty: (caseNumber: string) => void;
  readonly onError: (error: unknown) => void;
}

const sideBySide = 16;
const chunk = 64;

/** Tries the parked lines that somebody asked for, each in order from its head, until it is empty or fails again. */
export class Resender {
  readonly #atWork = new Map<string, Promise<void>>();

  constructor(private readonly options: ResenderOptions) {}

  /** Starts on what was asked for; to be called again from time to time, since another process may ask. */
  look(): void {
    const { state, member, stopping, onError } = this.options;
    if (stopping.aborted || this.#atWork.size >= sideBySide) return;
    try {
      for (const caseNumber of state.resends(member)) {
        if (this.#atWork.size >= sideBySide) return;
        if (!this.#atWork.has(caseNumber)) this.#start(caseNumber);
      }
    } catch (error) {
      onError(error);
    }
  }

  async idle(): Promise<void> {
    await Promise.all(this.#atWork.values());
  }

  #start(caseNumber: string): void {
    let failed = false;
    const work = this.#line(caseNumber)
      .catch((error: unknown) => {
        failed = true;
        this.options.onError(error);
      })
      .finally(() => {
        this.#atWork.delete(caseNumber);
        if (!failed) this.look();
      });
    this.#atWork.set(caseNumber, work);
  }

  async #line(caseNumber: string): Promise<void> {
    const { state, member, stopping, onEmpty } = this.options;
    for (;;) {
      const rows = state.line(member, caseNumber, chunk);
      if (rows.length === 0) {
        state.resendDone(member, caseNumber);
        onEmpty(caseNumber);
        return;
      }
      for (const row of rows) {
        // Still asked for: the next member goes on.
        if (stopping.aborted) return;
        const reason = await this.#tryAgain(row);
        if (reason !== null) {
          state.parkAgain(member, caseNumber, row.position, reason);
          return;
        }
        state.unpark(member, caseNumber, row.position);
      }
    }
  }

  /** Null when it was handled, else why it stays parked. */
  async #tryAgain(row: ParkedRow): Promise<string | null> {
    const { source, types, delivery } = this.options;
    try {
      const event = eventOf(row, source);
      if (event === null || !types.has(event.type)) return null;
      const outcome = await delivery.one(event);
      return typeof outcome === 'object' ? outcome.park : null;
    } catch (error) {
      return reasonOf(error);
    }
  }
}
