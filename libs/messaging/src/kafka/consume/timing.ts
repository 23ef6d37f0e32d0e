/** How members of groups and readers deal with the broker. */
export interface Timing {
  /** Silence after which the broker gives a member's partitions to others. */
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  /** How long the members of a group wait for one that finishes what it has in hand. */
  readonly rebalanceTimeoutMs: number;
  /** How long the broker may hold a question while there is nothing new; new messages are answered at once. */
  readonly maxWaitMs: number;
  readonly maxBytesPerPartition: number;
  readonly maxBytes: number;
  /** Between two looks at what may be committed. */
  readonly flushMs: number;
}

export const defaultTiming: Timing = {
  sessionTimeoutMs: 6_000,
  heartbeatMs: 1_000,
  rebalanceTimeoutMs: 30_000,
  maxWaitMs: 500,
  maxBytesPerPartition: 1_048_576,
  maxBytes: 4_194_304,
  flushMs: 200,
};
