import { describe, expect, it } from '@jest/globals';

import { ProblemException, signClientPass } from '@city311/platform';
import type { ApiKey } from '@city311/vault';

import { RateLimiter, type Asker } from './rate-limiter.js';
import { parseRateLimits, usualLimits } from './rate-limits.js';
import { TokenBuckets } from './token-buckets.js';

describe('Token buckets', () => {
  const open = (limit = 10) => {
    const clock = { ms: 0 };
    return { clock, buckets: new TokenBuckets(limit, () => clock.ms) };
  };
  const takes = (buckets: TokenBuckets, name: string, rate: number, times: number): number =>
    Array.from({ length: times }, () => buckets.take(name, rate)).filter((wait) => wait === 0).length;

  it('give a minute’s worth at once, and as much again in every minute', () => {
    const { clock, buckets } = open();
    expect(takes(buckets, 'a', 60, 100)).toBe(60);
    clock.ms = 10_000;
    expect(takes(buckets, 'a', 60, 100)).toBe(10);
    clock.ms = 3_600_000;
    expect(takes(buckets, 'a', 60, 100)).toBe(60);
    expect(takes(buckets, 'b', 60, 100)).toBe(60);
  });

  it('say after how long there is one again, and then there is', () => {
    for (const rate of [1, 7, 60, 90, 6_000]) {
      const { clock, buckets } = open();
      takes(buckets, 'a', rate, rate);
      const wait = buckets.take('a', rate);
      expect(wait).toBeGreaterThanOrEqual(1);
      expect(wait).toBeLessThanOrEqual(60);
      clock.ms += wait * 1_000;
      expect(buckets.wait('a', rate)).toBe(0);
      expect(buckets.take('a', rate)).toBe(0);
    }
  });

  it('are no more than the limit, and those in use stay', () => {
    const { buckets } = open(100);
    expect(takes(buckets, 'busy', 5, 5)).toBe(5);
    for (let n = 0; n < 10_000; n += 1) {
      buckets.take(`stranger-${n}`, 5);
      if (n % 50 === 0) expect(buckets.take('busy', 5)).toBeGreaterThan(0);
    }
    expect(buckets.size).toBe(100);
  });
});

describe('Rate limits', () => {
  it('are as usual but for what is said', () => {
    expect(parseRateLimits('')).toEqual(usualLimits);
    expect(parseRateLimits('address=600, operator=5,channel=unlimited')).toEqual({
      ...usualLimits,
      address: 600,
      operator: 5,
      channel: 'unlimited',
    });
  });
  it.each([
    'address',
    'address=',
    'address=-1',
    'address=1.5',
    'adress=5',
    'address=5,address=6',
    ',',
    'constructor=5',
  ])('are not %j', (text) => {
    expect(() => parseRateLimits(text)).toThrow(RangeError);
  });
});

describe('The limiter', () => {
  const passKey = 'a key of the vault';
  const now = new Date('2026-11-27T08:00:00.000Z');
  const keys: Readonly<Record<string, ApiKey>> = {
    mobile: { name: 'mobile', role: 'channel' },
    slow: { name: 'slow', role: 'operator', rate: 2 },
    desk: { name: 'desk', role: 'operator' },
    crew: { name: 'crew', role: 'department:PWDx' },
  };
  const open = (limits = 'address=10,guesses=5,channel=20,department=4') => {
    const limited: string[] = [];
    let lookUps = 0;
    const limiter = new RateLimiter({
      limits: parseRateLimits(limits),
      keys: {
        verify: async (key) => {
          lookUps += 1;
          return keys[key] ?? null;
        },
      },
      clock: { now: () => now },
      passKey,
      onLimited: (limit) => limited.push(limit),
      nowMs: () => 0,
    });
    const ask = async (times: number, asker: Partial<Asker> = {}): Promise<number> => {
      let admitted = 0;
      for (let n = 0; n < times; n += 1)
        await limiter.admit({ address: '192.0.2.7', key: undefined, pass: undefined, ...asker }).then(
          () => (admitted += 1),
          (error: unknown) => {
            expect(error).toBeInstanceOf(ProblemException);
            const { problem, headers } = error as ProblemException;
            expect(problem.status).toBe(429);
            expect(Number(headers['retry-after'])).toBeGreaterThan(0);
          },
        );
      return admitted;
    };
    return { ask, limited, lookUps: () => lookUps };
  };

  it('counts who comes without a key by address, of IPv6 by network', async () => {
    const { ask, limited } = open();
    expect(await ask(30)).toBe(10);
    expect(await ask(30, { address: '192.0.2.8' })).toBe(10);
    expect(await ask(3, { address: '::ffff:192.0.2.7' })).toBe(0);
    for (let n = 1; n <= 10; n += 1) expect(await ask(1, { address: `2001:db8::${n}` })).toBe(1);
    expect(await ask(1, { address: '2001:db8::ffff' })).toBe(0);
    expect(await ask(1, { address: '2001:db8:0:1::1' })).toBe(1);
    expect(new Set(limited)).toEqual(new Set(['address']));
  });

  it('counts a key by its role, or as it was made for, wherever it comes from', async () => {
    const { ask, limited } = open();
    expect(await ask(15, { key: 'mobile' })).toBe(15);
    expect(await ask(15, { key: 'mobile', address: '192.0.2.8' })).toBe(5);
    expect(await ask(9, { key: 'crew' })).toBe(4);
    expect(await ask(9, { key: 'slow' })).toBe(2);
    expect(await ask(500, { key: 'desk' })).toBe(500);
    expect(new Set(limited)).toEqual(new Set(['key']));
    expect(await ask(10)).toBe(10);
  });

  it('stops who tries keys, and nobody at the same address whose key is known', async () => {
    const { ask, limited } = open('address=50,guesses=5');
    for (let n = 0; n < 40; n += 1) await ask(1, { key: `guess-${n}` });
    expect(limited).toEqual(Array.from({ length: 35 }, () => 'guesses'));
    expect(await ask(5, { key: 'mobile' })).toBe(5);
    expect(await ask(5, { key: 'desk' })).toBe(5);
  });

  it('looks up no more keys in vain than an address has requests, and those that were known in any case', async () => {
    const { ask, lookUps } = open();
    expect(await ask(1, { key: 'mobile' })).toBe(1);
    for (let n = 0; n < 100; n += 1) await ask(1, { key: `guess-${n}` });
    expect(lookUps()).toBe(11);
    expect(await ask(5, { key: 'mobile' })).toBe(5);
    expect(await ask(1, { key: 'desk' })).toBe(0);
    expect(await ask(1, { key: 'desk', address: '192.0.2.8' })).toBe(1);
  });

  it('counts for the client whom a service asks for, and only by a pass of ours, with a key of ours', async () => {
    const { ask } = open();
    const pass = signClientPass(passKey, '198.51.100.1', now);
    const forged = signClientPass('guessed', '198.51.100.1', now);
    expect(await ask(30, { key: 'desk', pass })).toBe(10);
    expect(await ask(1, { key: 'desk', pass: signClientPass(passKey, '198.51.100.2', now) })).toBe(1);
    expect(await ask(30, { key: 'desk', pass: forged })).toBe(30);
    expect(await ask(10, { pass: forged })).toBe(10);
    expect(await ask(1, { pass: signClientPass(passKey, '198.51.100.3', now) })).toBe(0);
  });
});
