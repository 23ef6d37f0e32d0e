/** Numbers in as little memory as they need; only ever longer. */
export class Numbers {
  length = 0;

  constructor(private items: Float64Array | Uint32Array) {}

  static positions(): Numbers {
    return new Numbers(new Float64Array(1_024));
  }

  static counts(first = 16): Numbers {
    return new Numbers(new Uint32Array(first));
  }

  push(value: number): void {
    if (this.length === this.items.length) {
      const longer =
        this.items instanceof Float64Array
          ? new Float64Array(this.length * 2)
          : new Uint32Array(this.length * 2);
      longer.set(this.items);
      this.items = longer;
    }
    this.items[this.length] = value;
    this.length += 1;
  }

  at(index: number): number {
    const value = index < this.length ? this.items[index] : undefined;
    if (value === undefined) throw new RangeError(`no item ${index} of ${this.length}`);
    return value;
  }

  /** Index of the first item that is not below `value`, in rising order. */
  firstFrom(value: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.items[middle] ?? Infinity) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
