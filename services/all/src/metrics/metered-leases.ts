import type { Leases } from '@city311/scheduling';

import type { ThreadMetrics } from './thread-metrics.js';

/** The same leases; those that this process holds are shown. */
export const meteredLeases = (leases: Leases, { leases: held }: ThreadMetrics): Leases => ({
  acquire: async (name, holder, ttlMs) => {
    const lease = await leases.acquire(name, holder, ttlMs);
    held.set({ lease: name }, lease === null ? 0 : 1);
    return lease;
  },
  renew: async (lease, ttlMs) => {
    const renewed = await leases.renew(lease, ttlMs);
    if (!renewed) held.set({ lease: lease.name }, 0);
    return renewed;
  },
  release: async (lease) => {
    held.set({ lease: lease.name }, 0);
    await leases.release(lease);
  },
  current: (name) => leases.current(name),
});
