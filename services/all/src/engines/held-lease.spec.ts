import { setTimeout as pause } from 'node:timers/promises';

import { describe, expect, it } from '@jest/globals';

import { TransientError } from '@city311/kernel';
import type { Lease, Leases } from '@city311/scheduling';

import { holdLease } from './held-lease.js';

const lease: Lease = { name: 'view:x', holder: 'me', token: 1, expiresAt: '2026-06-01T14:00:00.000Z' };
const away = (): Promise<never> => Promise.reject(new TransientError('MongoDB is away'));

/** Given to who asks first, until the server goes away. */
const someLeases = (more: Partial<Leases> = {}): Leases & { readonly released: string[] } => {
  const released: string[] = [];
  return {
    released,
    acquire: () => Promise.resolve(lease),
    renew: () => Promise.resolve(true),
    release: ({ name }) => {
      released.push(name);
      return Promise.resolve();
    },
    current: () => Promise.resolve(lease),
    ...more,
  };
};

describe('a lease that is held', () => {
  it('is not counted on when it could not be renewed in time', async () => {
    const held = await holdLease(someLeases({ renew: away }), 'view:x', 'me', 60);
    expect(held.isHeld()).toBe(true);
    await pause(100);
    expect(held.isHeld()).toBe(false);
    await held.stop();
  });

  it('lets the process stop where it cannot be given back', async () => {
    const held = await holdLease(someLeases({ release: away }), 'view:x', 'me', 60_000);
    await expect(held.stop()).resolves.toBeUndefined();
  });

  it('is given back even where it comes while the process stops', async () => {
    const given: (Lease | null)[] = [null];
    const late = async (): Promise<Lease | null> => {
      if (given.length > 0) return given.pop() ?? null;
      await pause(50);
      return lease;
    };
    const leases = someLeases({ acquire: late });
    const held = await holdLease(leases, 'view:x', 'me', 30);
    await pause(20);
    await held.stop();
    expect(leases.released).toEqual(['view:x']);
    expect(held.isHeld()).toBe(false);
  });
});
