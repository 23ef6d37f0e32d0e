import { TransientError } from '@city311/kernel';

interface Waiting<Ask, Answer> {
  readonly ask: Ask;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export interface InOneGoOptions {
  /** How many goes may be under way together. 1 makes the largest batches: what is asked for meanwhile waits. */
  readonly atOnce?: number;
  /** How many asks make one go at most. */
  readonly most?: number;
}

/**
 * Carries what is asked for in one turn of the event loop, and while others are under way, to the server in one go.
 * `work` answers each ask, in their order; where it throws, each of them fails alike.
 */
export class InOneGo<Ask, Answer> {
  readonly #work: (asks: readonly Ask[]) => Promise<readonly Answer[]>;
  readonly #atOnce: number;
  readonly #most: number;
  readonly #waiting: Waiting<Ask, Answer>[] = [];
  #underWay = 0;
  readonly #open = new Set<Promise<unknown>>();
  #soon: NodeJS.Immediate | null = null;
  #closed = false;

  constructor(work: (asks: readonly Ask[]) => Promise<readonly Answer[]>, options: InOneGoOptions = {}) {
    this.#work = work;
    this.#atOnce = options.atOnce ?? 1;
    this.#most = options.most ?? 1_000;
  }

  /** @throws TransientError  closed; and whatever `work` throws */
  ask(ask: Ask): Promise<Answer> {
    if (this.#closed) return Promise.reject(new TransientError('the vault is closed'));
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#waiting.push({ ask, resolve, reject });
    });
    const forget = (): void => {
      this.#open.delete(answer);
    };
    this.#open.add(answer);
    answer.then(forget, forget);
    this.#soon ??= setImmediate(() => {
      this.#soon = null;
      this.#start();
    });
    return answer;
  }

  /** Resolves once everything asked for so far was carried out or has failed. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#open);
  }

  /** Takes nothing more, and finishes what it has. */
  close(): Promise<void> {
    this.#closed = true;
    return this.settled();
  }

  #start(): void {
    while (this.#waiting.length > 0 && this.#underWay < this.#atOnce) {
      this.#underWay += 1;
      void this.#go(this.#waiting.splice(0, this.#most));
    }
  }

  async #go(batch: readonly Waiting<Ask, Answer>[]): Promise<void> {
    try {
      const answers = await this.#work(batch.map(({ ask }) => ask));
      batch.forEach(({ resolve, reject }, index) => {
        const answer = answers[index];
        if (answer === undefined) reject(new Error('an ask was not answered'));
        else resolve(answer);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.#underWay -= 1;
    this.#start();
  }
}
