interface Bucket {
  tokens: number;
  at: number;
}

/**
 * How much each of many may do: `ratePerMinute` at once, and as much again in every minute. Every question takes the
 * same short time; of more than `limit` names, those that were not asked for lately are forgotten, and start full.
 */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    private readonly limit: number,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one; 0, or where there is none the seconds until there is one again, 1 at least. */
  take(name: string, ratePerMinute: number): number {
    const bucket = this.#filled(name, ratePerMinute);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return 0;
    }
    return secondsUntilOne(bucket, ratePerMinute);
  }

  /** Takes back what was taken for nothing. */
  giveBack(name: string, ratePerMinute: number): void {
    const bucket = this.#filled(name, ratePerMinute);
    bucket.tokens = Math.min(ratePerMinute, bucket.tokens + 1);
  }

  /** As `take`, and takes none. */
  wait(name: string, ratePerMinute: number): number {
    const bucket = this.#filled(name, ratePerMinute);
    return bucket.tokens >= 1 ? 0 : secondsUntilOne(bucket, ratePerMinute);
  }

  #filled(name: string, ratePerMinute: number): Bucket {
    const now = this.nowMs();
    const known = this.#buckets.get(name);
    const bucket = known ?? { tokens: ratePerMinute, at: now };
    bucket.tokens = Math.min(ratePerMinute, bucket.tokens + ((now - bucket.at) / 60_000) * ratePerMinute);
    bucket.at = now;
    // Put at the end: the first of the map is the one not asked for the longest.
    if (known !== undefined) this.#buckets.delete(name);
    else if (this.#buckets.size >= this.limit) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    this.#buckets.set(name, bucket);
    return bucket;
  }
}

const secondsUntilOne = ({ tokens }: Bucket, ratePerMinute: number): number =>
  Math.max(1, Math.ceil(((1 - tokens) * 60) / ratePerMinute));
