/** Right to be the only one doing `name`, until it expires or is given back. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Grows with every new holder; a write that carries an older one must be refused. */
  readonly token: number;
  readonly expiresAt: string;
}

export interface Leases {
  /** Null while another holder's lease runs. The same holder gets its lease again with the same token. */
  acquire(name: string, holder: string, ttlMs: number): Promise<Lease | null>;
  /** False when it was lost meanwhile. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  release(lease: Lease): Promise<void>;
  current(name: string): Promise<Lease | null>;
}
