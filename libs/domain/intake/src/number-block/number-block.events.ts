import type { DomainEvent, Instant } from '@city311/kernel';

/** Payloads `from` to `to`, both included, belong to `holder` alone. */
export interface BlockLeased {
  readonly from: number;
  readonly to: number;
  readonly holder: string;
  readonly leasedAt: Instant;
}

export type NumberBlockEvent = DomainEvent<'BlockLeased', BlockLeased>;
