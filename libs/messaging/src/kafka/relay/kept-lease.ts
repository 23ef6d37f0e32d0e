import type { Lease, Leases } from '@city311/scheduling';

/** A lease that is renewed until it is lost or given back. */
export interface KeptLease {
  readonly token: number;
  /** Aborts when it is lost, or could not be renewed in time. */
  readonly lost: AbortSignal;
  /** By our own clock; after a freeze this is false before any timer has run. */
  isValid(): boolean;
  /** Another took over. */
  lose(): void;
  release(): Promise<void>;
}

/** Null while another holder has it. */
export const keepLease = async (
  leases: Leases,
  name: string,
  holder: string,
  ttlMs: number,
): Promise<KeptLease | null> => {
  const asked = performance.now();
  const lease: Lease | null = await leases.acquire(name, holder, ttlMs);
  if (lease === null) return null;
  const lost = new AbortController();
  let validUntil = asked + ttlMs;

  const isValid = (): boolean => !lost.signal.aborted && performance.now() < validUntil;
  const renew = async (): Promise<void> => {
    const now = performance.now();
    // A store that does not answer may do so at the next try; without an answer the time runs out.
    const renewed = await leases.renew(lease, ttlMs).catch(() => null);
    if (renewed === true) validUntil = now + ttlMs;
    else if (renewed === false || !isValid()) lost.abort();
  };
  const timer = setInterval(() => void renew(), ttlMs / 4);
  timer.unref();
  lost.signal.addEventListener('abort', () => clearInterval(timer));

  return {
    token: lease.token,
    lost: lost.signal,
    isValid,
    lose: () => lost.abort(),
    release: async () => {
      clearInterval(timer);
      await leases.release(lease);
    },
  };
};
