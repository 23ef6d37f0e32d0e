import type { Lease, Leases } from '@city311/scheduling';

export interface HeldLease {
  isHeld(): boolean;
  stop(): Promise<void>;
}

/** Tries for a lease and keeps it, for as long as the process lives; another holder's is taken over once it ran out. */
export const holdLease = async (
  leases: Leases,
  name: string,
  holder: string,
  ttlMs: number,
): Promise<HeldLease> => {
  let lease: Lease | null = await leases.acquire(name, holder, ttlMs);
  let heldUntil = lease === null ? 0 : performance.now() + ttlMs;
  const keep = async (): Promise<void> => {
    const asked = performance.now();
    if (lease !== null && !(await leases.renew(lease, ttlMs))) lease = null;
    lease ??= await leases.acquire(name, holder, ttlMs);
    heldUntil = lease === null ? 0 : asked + ttlMs;
  };
  const timer = setInterval(() => void keep().catch(() => undefined), ttlMs / 3);
  timer.unref();
  return {
    isHeld: () => lease !== null && performance.now() < heldUntil,
    stop: async () => {
      clearInterval(timer);
      if (lease !== null) await leases.release(lease);
    },
  };
};
