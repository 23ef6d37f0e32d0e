import { setTimeout as pause } from 'node:timers/promises';

import { Client, isRetryable, type Answer, type Call } from '../../server/client.js';

const timeoutMs = 5_000;
const betweenTriesMs = 30;

/** The way in for one API key, through every life of the server: what gets no final answer is asked again in the next. */
export class Doors {
  #client: Client | null = null;
  #opened = Promise.withResolvers<void>();
  /** Tries that got no answer at all. */
  lost = 0;

  constructor(
    private readonly key: string,
    /** Told of every answer that no crash excuses. */
    private readonly onDefect: (says: string) => void,
  ) {}

  open(url: string): void {
    this.#client = new Client(url, this.key, { timeoutMs });
    this.#opened.resolve();
  }

  /** Nobody is behind them any more; those who ask wait. */
  close(): void {
    this.#client?.close();
    this.#client = null;
    this.#opened = Promise.withResolvers<void>();
  }

  /** The final answer. `onTry` hears of every try, null where its answer was lost. */
  async ask(call: Call, onTry: (answer: Answer | null) => void = () => undefined): Promise<Answer> {
    for (;;) {
      const answer = await this.#once(call);
      onTry(answer);
      if (answer !== null && !isRetryable(answer.status)) return answer;
      await pause(betweenTriesMs);
    }
  }

  async #once(call: Call): Promise<Answer | null> {
    await this.#opened.promise;
    const client = this.#client;
    if (client === null) return null;
    try {
      const answer = await client.once(call);
      if (answer.status === 500) this.onDefect(`${call.path} answered 500`);
      return answer;
    } catch {
      this.lost += 1;
      return null;
    }
  }
}
