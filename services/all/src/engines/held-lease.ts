import type { Lease, Leases } from '@city311/scheduling';

export interface HeldLease {
  isHeld(): boolean;
  /** Gives it back; where it cannot be given back now it runs out. Never rejects. */
  stop(): Promise<void>;
}

/** Tries for a lease and keeps it, for as long as the process lives; another holder's is taken over once it ran out. */
export const holdLease = async (
  leases: Leases,
  name: string,
  holder: string,
  ttlMs: number,
): Promise<HeldLease> => {
  let asked = performance.now();
  let lease: Lease | null = await leases.acquire(name, holder, ttlMs);
  let heldUntil = lease === null ? 0 : asked + ttlMs;
  let asking: Promise<void> | null = null;
  const ask = async (): Promise<void> => {
    asked = performance.now();
    if (lease !== null && !(await leases.renew(lease, ttlMs))) lease = null;
    lease ??= await leases.acquire(name, holder, ttlMs);
    heldUntil = lease === null ? 0 : asked + ttlMs;
  };
  // One question at a time: answers of a slow server must not overtake each other.
  const keep = (): void => {
    asking ??= ask()
      .catch(() => undefined)
      .finally(() => {
        asking = null;
      });
  };
  const timer = setInterval(keep, ttlMs / 3);
  timer.unref();
  return {
    isHeld: () => lease !== null && performance.now() < heldUntil,
    stop: async () => {
      clearInterval(timer);
      await asking;
      const held = lease;
      lease = null;
      if (held !== null) await leases.release(held).catch(() => undefined);
    },
  };
};
