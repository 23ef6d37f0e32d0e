import type { Position } from '@city311/kernel';

import type { BatchHandler, CaseHandler, ConsumerOptions, ParkedMessages, TopicReader } from './messaging.js';

export const consumerDefaults = { batchSize: 256, maxAttempts: 8, retryDelayMs: 200 } as const;

/** What a consumer must say; the rest has defaults. */
export type ConsumerSettings = Pick<ConsumerOptions, 'topic' | 'group' | 'types'> & Partial<ConsumerOptions>;

/** One member of a consumer group, in this process. */
export interface Consumer {
  /** Works as soon as no other member holds the group's lease. */
  start(): void;
  /** Finishes what is in hand, writes the checkpoint and gives the lease back. Cases that wait for a retry are left to the next member. */
  stop(): Promise<void>;
}

export interface GroupStatus {
  readonly group: string;
  readonly topic: string;
  /** Up to here everything has had its effect or is parked; null before the first batch. */
  readonly position: Position | null;
  /** Events of the topic after `position`; where the log cannot count, at most `lagCountLimit`. */
  readonly lag: number;
  /** Messages parked for the group. */
  readonly parked: number;
  /** Whether the group's active member is in this process. */
  readonly active: boolean;
  /** Members in any process, each by its name and where it runs; absent where leases tell. */
  readonly members?: readonly string[];
}

/** Where the log cannot count, a larger lag is answered as this. */
export const lagCountLimit = 2_000;

/** The port to topics: what the log adapter and a broker adapter both offer. */
export interface Messaging {
  readonly reader: TopicReader;
  readonly parked: ParkedMessages;
  /** @throws RangeError  no such topic, or this process already has a member of the group */
  consumeCases(settings: ConsumerSettings, handler: CaseHandler): Consumer;
  /** @throws RangeError  no such topic, or this process already has a member of the group */
  consumeBatches(settings: ConsumerSettings, handler: BatchHandler): Consumer;
  groups(): Promise<readonly GroupStatus[]>;
  /** Stops every consumer; readers end. */
  close(): Promise<void>;
}

/** As much of a logger as messaging needs; details never hold an event's data. */
export interface MessagingLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export const silentLogger: MessagingLogger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
