import { problem } from '@city311/platform';

/** Bodies up to this many bytes are let in before larger ones, and into as much room again. */
const smallBytes = 16_384;

interface Waiting {
  readonly bytes: number;
  readonly enter: () => void;
}

/**
 * Room for the bodies that are arriving or being worked on. What comes of a body in memory is several times its size:
 * without a limit a hundred of the largest would fill the heap, and end the process. Who finds no room waits for it.
 */
export class BodyRoom {
  #taken = 0;
  readonly #small: Waiting[] = [];
  readonly #large: Waiting[] = [];

  constructor(
    private readonly bytes: number,
    private readonly patienceMs: number,
  ) {}

  get taken(): number {
    return this.#taken;
  }

  /** @throws ProblemException  503: there was no room for so many bytes in time */
  async take(bytes: number): Promise<void> {
    const line = bytes <= smallBytes ? this.#small : this.#large;
    if (line.length === 0 && this.#has(bytes)) {
      this.#taken += bytes;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const waiting = {
        bytes,
        enter: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        line.splice(line.indexOf(waiting), 1);
        reject(problem(503, 'not-now', 'Too many large requests at once; try again shortly'));
      }, this.patienceMs);
      line.push(waiting);
    });
  }

  giveBack(bytes: number): void {
    this.#taken -= bytes;
    for (const line of [this.#small, this.#large])
      for (let first = line[0]; first !== undefined && this.#has(first.bytes); first = line[0]) {
        line.shift();
        this.#taken += first.bytes;
        first.enter();
      }
  }

  #has(bytes: number): boolean {
    const room = bytes <= smallBytes ? 2 * this.bytes : this.bytes;
    // A body larger than all of it is let in where there is no other.
    return this.#taken === 0 || this.#taken + bytes <= room;
  }
}
