import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { Lease, Leases } from '@city311/scheduling';

export interface LeasesFixture {
  /** The same leases as two processes see them. */
  readonly one: Leases;
  readonly two: Leases;
  /** Lets time pass for both. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

const held = (lease: Lease | null): Lease => {
  if (lease === null) throw new Error('expected to get the lease');
  return lease;
};

/** What every adapter of the Leases port must do. */
export const describeLeasesContract = (name: string, make: () => Promise<LeasesFixture>): void => {
  describe(`${name} as leases`, () => {
    let fixture: LeasesFixture;
    beforeEach(async () => {
      fixture = await make();
    });
    afterEach(() => fixture.close());

    it('gives a lease to one holder and refuses it to others while it runs', async () => {
      const { one, two } = fixture;
      const lease = held(await one.acquire('relay', 'a', 1_000));
      expect(lease).toMatchObject({ name: 'relay', holder: 'a' });
      expect(await two.acquire('relay', 'b', 1_000)).toBeNull();
      expect(await two.current('relay')).toEqual(lease);
    });

    it('keeps leases of different names apart', async () => {
      const { one, two } = fixture;
      held(await one.acquire('relay', 'a', 1_000));
      expect(held(await two.acquire('timers', 'b', 1_000)).holder).toBe('b');
    });

    it('gives the same holder its lease again with the same token', async () => {
      const { one } = fixture;
      const first = held(await one.acquire('relay', 'a', 1_000));
      expect(held(await one.acquire('relay', 'a', 1_000)).token).toBe(first.token);
    });

    it('passes an ended lease on with a greater token', async () => {
      const { one, two } = fixture;
      const first = held(await one.acquire('relay', 'a', 1_000));
      await fixture.advance(1_001);
      expect(await two.current('relay')).toBeNull();
      expect(held(await two.acquire('relay', 'b', 1_000)).token).toBeGreaterThan(first.token);
    });

    it('passes a released lease on at once, with a greater token', async () => {
      const { one, two } = fixture;
      const first = held(await one.acquire('relay', 'a', 60_000));
      await one.release(first);
      expect(held(await two.acquire('relay', 'b', 1_000)).token).toBeGreaterThan(first.token);
    });

    it('is prolonged by renewing', async () => {
      const { one, two } = fixture;
      const lease = held(await one.acquire('relay', 'a', 1_000));
      await fixture.advance(700);
      expect(await one.renew(lease, 1_000)).toBe(true);
      await fixture.advance(700);
      expect(await two.acquire('relay', 'b', 1_000)).toBeNull();
    });

    it('tells a holder that comes too late that its lease was lost', async () => {
      const { one, two } = fixture;
      const lease = held(await one.acquire('relay', 'a', 1_000));
      await fixture.advance(1_001);
      held(await two.acquire('relay', 'b', 60_000));
      expect(await one.renew(lease, 60_000)).toBe(false);
    });

    it('cannot be renewed once it has ended or was given back, even where nobody else took it', async () => {
      const { one } = fixture;
      const ended = held(await one.acquire('relay', 'a', 1_000));
      await fixture.advance(1_001);
      expect(await one.renew(ended, 60_000)).toBe(false);
      expect(await one.current('relay')).toBeNull();
      const returned = held(await one.acquire('timers', 'a', 60_000));
      await one.release(returned);
      expect(await one.renew(returned, 60_000)).toBe(false);
      expect(await one.current('timers')).toBeNull();
    });

    it('is not taken from the new holder by the old one giving it back', async () => {
      const { one, two } = fixture;
      const old = held(await one.acquire('relay', 'a', 1_000));
      await fixture.advance(1_001);
      const current = held(await two.acquire('relay', 'b', 60_000));
      await one.release(old);
      expect(await one.current('relay')).toEqual(current);
    });

    it('lets exactly one of many that ask at once have it', async () => {
      const { one, two } = fixture;
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : two).acquire('relay', `h${n}`, 60_000)),
      );
      expect(answers.filter((lease) => lease !== null)).toHaveLength(1);
    });
  });
};
