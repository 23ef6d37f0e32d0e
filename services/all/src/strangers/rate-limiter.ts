import { clientOfPass, roleKind, tooManyRequests, type Clock } from '@city311/platform';
import type { ApiKey, ApiKeys, KeyRate } from '@city311/vault';

import { subscriberOf } from './addresses.js';
import type { RateLimits } from './rate-limits.js';
import { TokenBuckets } from './token-buckets.js';

/** Whose limit was reached. */
export const limitNames = ['address', 'key', 'guesses'] as const;
export type LimitName = (typeof limitNames)[number];

const mostAddresses = 50_000;
const mostKeys = 10_000;

export interface RateLimiterParts {
  readonly limits: RateLimits;
  readonly keys: Pick<ApiKeys, 'verify'>;
  readonly clock: Clock;
  /** Key of the passes by which services say whom they ask for. */
  readonly passKey: string;
  readonly onLimited: (limit: LimitName) => void;
  readonly nowMs?: () => number;
}

export interface Asker {
  readonly address: string;
  /** API key as it was sent, whatever it is. */
  readonly key: string | undefined;
  /** What a service says about whom it asks for. */
  readonly pass: string | undefined;
}

/**
 * Who may ask how much. With a key that is known, the key counts; without one, the address does. Keys are looked up
 * here, before a body is read. Whoever guesses from an address holds up no key that is known, or only with as many
 * tries as an address has requests: then a key is looked up only where it was known a moment ago.
 */
export class RateLimiter {
  readonly #addresses: TokenBuckets;
  readonly #guesses: TokenBuckets;
  /** Look-ups that found no key. */
  readonly #vain: TokenBuckets;
  readonly #keys: TokenBuckets;
  /** Keys known lately, the longest unused first. */
  readonly #known = new Set<string>();

  constructor(private readonly parts: RateLimiterParts) {
    this.#addresses = new TokenBuckets(mostAddresses, parts.nowMs);
    this.#guesses = new TokenBuckets(mostAddresses, parts.nowMs);
    this.#vain = new TokenBuckets(mostAddresses, parts.nowMs);
    this.#keys = new TokenBuckets(mostKeys, parts.nowMs);
  }

  /**
   * The key's name and role; null where it was refused; undefined where none was sent.
   * @throws ProblemException  429, a limit was reached
   */
  async admit({ address, key, pass }: Asker): Promise<ApiKey | null | undefined> {
    const subscriber = subscriberOf(address);
    const { limits } = this.parts;
    if (key === undefined) {
      this.#take('address', this.#addresses, subscriber, limits.address);
      return undefined;
    }
    const caller = await this.#callerOf(key, subscriber);
    if (caller === null) {
      this.#take('address', this.#addresses, subscriber, limits.address);
      return null;
    }
    const client = pass === undefined ? null : clientOfPass(this.parts.passKey, pass, this.parts.clock.now());
    if (client !== null) this.#take('address', this.#addresses, subscriberOf(client), limits.address);
    return caller;
  }

  /**
   * As `admit`, for a key that came within a body, whose address was counted already: that is taken back where the key
   * is known.
   */
  async admitInForm({
    address,
    key,
  }: {
    readonly address: string;
    readonly key: string;
  }): Promise<ApiKey | null> {
    const subscriber = subscriberOf(address);
    const caller = await this.#callerOf(key, subscriber);
    const { address: rate } = this.parts.limits;
    if (caller !== null && rate !== 'unlimited') this.#addresses.giveBack(subscriber, rate);
    return caller;
  }

  /** @throws ProblemException  429: too many requests with this key, or too many guesses */
  async #callerOf(key: string, subscriber: string): Promise<ApiKey | null> {
    const { guesses, address: lookUps } = this.parts.limits;
    if (guesses !== 'unlimited' && lookUps !== 'unlimited' && !this.#known.has(key))
      this.#refuseFor('guesses', this.#vain.wait(subscriber, Math.max(guesses, lookUps)));
    const caller = await this.parts.keys.verify(key);
    if (caller === null) {
      this.#known.delete(key);
      if (guesses !== 'unlimited' && lookUps !== 'unlimited')
        this.#vain.take(subscriber, Math.max(guesses, lookUps));
      this.#take('guesses', this.#guesses, subscriber, guesses);
      return null;
    }
    this.#remember(key);
    this.#take('key', this.#keys, caller.name, caller.rate ?? this.parts.limits[roleKind(caller)]);
    return caller;
  }

  #take(limit: LimitName, buckets: TokenBuckets, name: string, rate: KeyRate): void {
    if (rate !== 'unlimited') this.#refuseFor(limit, buckets.take(name, rate));
  }

  #refuseFor(limit: LimitName, seconds: number): void {
    if (seconds === 0) return;
    this.parts.onLimited(limit);
    throw tooManyRequests(seconds);
  }

  #remember(key: string): void {
    this.#known.delete(key);
    this.#known.add(key);
    if (this.#known.size <= mostKeys) return;
    const [oldest] = this.#known;
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}
