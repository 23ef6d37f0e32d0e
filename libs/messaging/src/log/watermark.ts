import type { Position } from '@city311/kernel';

/** Events read together; `pending` of them have not yet had their effect. */
export interface Slice {
  readonly position: Position;
  pending: number;
}

/** Tells up to where everything is done, while slices finish in any order. */
export class Watermark {
  #open: Slice[] = [];
  #safe: Position | null;

  constructor(start: Position | null) {
    this.#safe = start;
  }

  open(position: Position): Slice {
    const slice = { position, pending: 0 };
    this.#open.push(slice);
    return slice;
  }

  /** Newest position with nothing undone before it. */
  safe(): Position | null {
    let done = 0;
    for (const slice of this.#open) {
      if (slice.pending > 0) break;
      this.#safe = slice.position;
      done += 1;
    }
    if (done > 0) this.#open = this.#open.slice(done);
    return this.#safe;
  }
}
