import { PoisonMessageError } from '@city311/kernel';

import type { Outcome } from '../messaging.js';
import { backoffMs, reasonOf } from '../retry.js';
import type { Message } from './message.js';
import { pause } from './pause.js';

export interface CaseLinesOptions {
  readonly deliver: (message: Message) => Promise<Outcome>;
  /** Must have put the messages on disk when it returns; throws to be called again. */
  readonly park: (line: readonly Message[], reason: string, attempts: number) => void;
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
export class CaseLines {
  readonly #lines = new Map<string, Message[]>();
  #messages = 0;
  #waiting = 0;
  #changed = Promise.withResolvers<void>();

  constructor(private readonly options: CaseLinesOptions) {}

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

  /** Resolves when there is room for more, or at once when stopping. */
  async room(): Promise<void> {
    const { maxMessages, maxWaiting, stopping } = this.options;
    while (!stopping.aborted && (this.#messages >= maxMessages || this.#waiting >= maxWaiting)) {
      await this.#changed.promise;
    }
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
        await this.#park(caseNumber, line, outcome.park, Math.max(attempts, 1));
        break;
      }
      attempts = 0;
      line.shift();
      this.#settle(head);
      head = line[0];
    }
    // What a stop left in the line stays unsettled and comes again.
    this.#messages -= line.length;
    if (this.#lines.get(caseNumber) === line) this.#lines.delete(caseNumber);
    this.#notify();
  }

  async #park(caseNumber: string, line: Message[], reason: string, attempts: number): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        this.options.park(line, reason, attempts);
        // In the same turn, so that no message joins a line that was parked without it.
        this.#lines.delete(caseNumber);
        for (const message of line.splice(0)) this.#settle(message);
        return;
      } catch (error) {
        if (line[0] !== undefined) this.options.onRetry(line[0], attempts, error);
        if (!(await this.#wait(tries))) return;
      }
    }
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
