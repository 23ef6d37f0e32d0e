import { PoisonMessageError } from '@city311/kernel';

import type { Outcome } from '../messaging.js';
import { backoffMs, reasonOf } from '../retry.js';
import { pause } from './pause.js';

/** A message that a consumer has taken: the slice it came with waits for it. */
export interface InHand {
  readonly slice: { pending: number };
}

/** Reason of a message that is parked because an earlier one of its case is. */
export const queuedBehind = 'queued-behind';

export interface CaseLinesOptions<Message extends InHand> {
  readonly deliver: (message: Message) => Promise<Outcome>;
  /** Its effect is done. */
  readonly onHandled?: (message: Message) => void;
  /**
   * Must have put the messages on disk when it returns or resolves; fails to be called again. `reason` and `attempts`
   * are of the first; what joined the line meanwhile is parked by a second call, as queued behind.
   */
  readonly park: (line: readonly Message[], reason: string, attempts: number) => void | Promise<void>;
  /** The whole line is parked; called in the turn in which the case stops being one of these lines. */
  readonly onParked?: (caseNumber: string, head: Message) => void;
  readonly onRetry: (message: Message, attempts: number, error: unknown) => void;
  readonly maxAttempts: number;
  readonly retryDelayMs: number;
  /** Messages in memory beyond which there is no room. */
  readonly maxMessages: number;
  /** Cases waiting for a retry beyond which there is no room. */
  readonly maxWaiting: number;
  readonly stopping: AbortSignal;
}

/**
 * Messages in hand, a line for each case: in order within the case, cases side by side. A case that waits for its
 * next try holds up nobody else.
 */
export class CaseLines<Message extends InHand> {
  readonly #lines = new Map<string, Message[]>();
  #messages = 0;
  #waiting = 0;
  #changed = Promise.withResolvers<void>();

  constructor(private readonly options: CaseLinesOptions<Message>) {}

  has(caseNumber: string): boolean {
    return this.#lines.has(caseNumber);
  }

  /** Takes a message behind the others of its case; `attempts` of it have failed already. */
  add(caseNumber: string, message: Message, attempts = 0): void {
    message.slice.pending += 1;
    this.#messages += 1;
    const line = this.#lines.get(caseNumber);
    if (line !== undefined) {
      line.push(message);
      return;
    }
    const fresh = [message];
    this.#lines.set(caseNumber, fresh);
    void this.#work(caseNumber, fresh, attempts);
  }

  hasRoom(): boolean {
    const { maxMessages, maxWaiting, stopping } = this.options;
    return stopping.aborted || (this.#messages < maxMessages && this.#waiting < maxWaiting);
  }

  /** Resolves when there is room for more, or at once when stopping. */
  async room(): Promise<void> {
    while (!this.hasRoom()) await this.#changed.promise;
  }

  /** Resolves when every line is empty or, once stopping, given up. */
  async idle(): Promise<void> {
    while (this.#lines.size > 0) await this.#changed.promise;
  }

  /** Never rejects. */
  async #work(caseNumber: string, line: Message[], failed: number): Promise<void> {
    const { deliver, maxAttempts, onRetry } = this.options;
    let attempts = failed;
    let head = line[0];
    while (head !== undefined) {
      let outcome: Outcome;
      try {
        outcome = await deliver(head);
      } catch (error) {
        attempts += 1;
        if (error instanceof PoisonMessageError || attempts >= maxAttempts) {
          outcome = { park: reasonOf(error) };
        } else {
          onRetry(head, attempts, error);
          if (!(await this.#wait(attempts))) break;
          continue;
        }
      }
      if (typeof outcome === 'object') {
        await this.#park(caseNumber, line, head, outcome.park, Math.max(attempts, 1));
        break;
      }
      attempts = 0;
      line.shift();
      this.options.onHandled?.(head);
      this.#settle(head);
      head = line[0];
    }
    // What a stop left in the line stays unsettled and comes again.
    this.#messages -= line.length;
    if (this.#lines.get(caseNumber) === line) this.#lines.delete(caseNumber);
    this.#notify();
  }

  async #park(
    caseNumber: string,
    line: Message[],
    head: Message,
    reason: string,
    attempts: number,
  ): Promise<void> {
    const { park, onParked, onRetry } = this.options;
    let parked = 0;
    let tries = 0;
    while (parked < line.length) {
      const more = line.slice(parked);
      try {
        if (parked === 0) await park(more, reason, attempts);
        else await park(more, queuedBehind, 0);
        parked += more.length;
      } catch (error) {
        tries += 1;
        onRetry(head, attempts, error);
        if (!(await this.#wait(tries))) return;
      }
    }
    // In the same turn, so that no message joins a line that was parked without it.
    this.#lines.delete(caseNumber);
    onParked?.(caseNumber, head);
    for (const message of line.splice(0)) this.#settle(message);
  }

  async #wait(attempts: number): Promise<boolean> {
    const { retryDelayMs, stopping } = this.options;
    if (stopping.aborted) return false;
    this.#waiting += 1;
    await pause(backoffMs(attempts, retryDelayMs), stopping);
    this.#waiting -= 1;
    this.#notify();
    return !stopping.aborted;
  }

  #settle(message: Message): void {
    message.slice.pending -= 1;
    this.#messages -= 1;
    if (this.#messages < this.options.maxMessages) this.#notify();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
