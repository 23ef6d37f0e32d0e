/** Messages read together; `pending` of them have not yet had their effect. `position` is the place after them. */
export interface Slice<Place> {
  readonly position: Place;
  pending: number;
}

/** Tells up to where everything is done, while slices finish in any order. */
export class Watermark<Place> {
  #open: Slice<Place>[] = [];
  #safe: Place | null;

  constructor(start: Place | null) {
    this.#safe = start;
  }

  open(position: Place): Slice<Place> {
    const slice = { position, pending: 0 };
    this.#open.push(slice);
    return slice;
  }

  /** Newest place with nothing undone before it. */
  safe(): Place | null {
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
