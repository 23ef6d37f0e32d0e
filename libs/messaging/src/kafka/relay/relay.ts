import type { EventStore } from '@city311/eventing';
import type { Category, Position } from '@city311/kernel';
import { processHolder, type Leases } from '@city311/scheduling';

import { silentLogger, type MessagingLogger } from '../../consumer-groups.js';
import { pause } from '../../in-order/pause.js';
import { countAfter } from '../../log/lag.js';
import type { TopicSource } from '../../messaging.js';
import { backoffMs, reasonOf } from '../../retry.js';
import type { KafkaConnection } from '../connect/kafka-connection.js';
import type { RelayCheckpoints } from '../relay-checkpoints.js';
import { keepLease } from './kept-lease.js';
import { RelayRun } from './relay-run.js';
import { TopicProducer } from './topic-producer.js';

export interface RelayOptions {
  readonly store: Pick<EventStore, 'follow' | 'readStream' | 'readCategories' | 'head'>;
  /** The category, its topic, and the owner's mapping to public events. */
  readonly source: TopicSource;
  readonly kafka: KafkaConnection;
  readonly leases: Leases;
  readonly checkpoints: RelayCheckpoints;
  readonly logger?: MessagingLogger;
  /** Name under which this process holds leases. Default: `processHolder()`. */
  readonly holder?: string;
  /** Another takes over at the latest this long after the holder fell silent, and `pollMs`. Default 2,500. */
  readonly leaseTtlMs?: number;
  /** How often one that waits asks for the lease. Default 400. */
  readonly pollMs?: number;
  /** Events read at once. Default 500. */
  readonly batchSize?: number;
  /** Most that one request carries, below the brokers' `message.max.bytes` of 1 MiB. Default 512 KiB. */
  readonly maxBytes?: number;
  /**
   * Wait after a batch for more to gather: the first event after a silence goes at once, and on a busy topic every
   * consumer has fewer, larger batches. Default 40.
   */
  readonly lingerMs?: number;
  /** Counts events of a category after a position; by default they are read, up to `lagCountLimit`. */
  readonly countAfter?: (category: Category, after: Position | null) => Promise<number>;
}

export interface RelayStatus {
  readonly topic: string;
  /** Whether it is this process that relays. */
  readonly active: boolean;
  /** Up to here the broker has everything that is not held; null before the first event. */
  readonly position: Position | null;
  /** Events not yet relayed; where the store cannot count, at most `lagCountLimit`. */
  readonly lag: number;
  /** Time since the oldest of them was recorded; 0 where there is none. */
  readonly oldestAgeMs: number;
  /** Events kept back because they, or one of their case before them, cannot be translated. */
  readonly held: number;
  /** Why nothing goes on at present; null where it does, or another process relays. */
  readonly trouble: string | null;
}

/** One category on its way to its topic: of all processes that start the same relay, one is active. */
export interface Relay {
  start(): void;
  /** Waits for what is on its way, writes the checkpoint and gives the lease back. */
  stop(): Promise<void>;
  status(): Promise<RelayStatus>;
}

interface Failure {
  readonly position: Position | null;
  readonly reason: string;
  /** So many at this position. */
  readonly count: number;
  readonly at: number;
}

const longestWaitMs = 2_000;
/** Longer than a try takes: a relay that failed and has nothing to do since is in no trouble. */
const forgottenAfterMs = 60_000;

/**
 * Relays every event of a category at least once, in order per case, from the checkpoint on. An event that cannot be
 * translated is held with the later ones of its case, and tried again whenever a relay becomes active, or is asked
 * to by `RelayCheckpoints.askAgain`.
 */
export const createRelay = (options: RelayOptions): Relay => {
  const { store, source, kafka, leases, checkpoints, logger = silentLogger } = options;
  const { leaseTtlMs = 2_500, pollMs = 400, batchSize = 500, maxBytes = 512 * 1024, lingerMs = 40 } = options;
  const { topic } = source;
  const category = source.category as Category;
  const holder = options.holder ?? processHolder();
  const count = options.countAfter ?? ((of, after) => countAfter(store, of, after));
  const stopping = new AbortController();
  const stop = stopping.signal;
  let living: Promise<void> | null = null;
  let run: RelayRun | null = null;
  let failure: Failure | null = null;

  const failed = (error: unknown, position: Position | null): Failure => {
    const last = failure?.position === position ? failure : null;
    const reason = reasonOf(error);
    if (reason !== last?.reason) logger.warn({ topic, reason }, 'a relay failed and tries again');
    return { position, reason, count: (last?.count ?? 0) + 1, at: performance.now() };
  };

  const trouble = (): string | null =>
    failure === null ||
    failure.position !== run?.position ||
    performance.now() - failure.at > forgottenAfterMs
      ? null
      : failure.reason;

  /** Works for as long as it has the lease; false where another has it. */
  const lead = async (): Promise<boolean> => {
    const lease = await keepLease(leases, `relay:${topic}`, holder, leaseTtlMs);
    if (lease === null) return false;
    logger.info({ topic, token: lease.token }, 'relaying');
    const producer = new TopicProducer(kafka, topic);
    try {
      while (lease.isValid() && !stop.aborted) {
        run = new RelayRun({
          ...{ store, source, checkpoints, producer, lease, logger, batchSize, maxBytes, lingerMs, stop },
        });
        try {
          await run.work();
        } catch (error) {
          if (lease.lost.aborted) break;
          failure = failed(error, run.position);
          await pause(Math.min(backoffMs(failure.count, 100), longestWaitMs), stop);
        }
      }
    } finally {
      run = null;
      failure = null;
      await producer.close();
      await lease.release();
    }
    return true;
  };

  const live = async (): Promise<void> => {
    while (!stop.aborted) {
      const led = await lead().catch((error: unknown) => {
        logger.warn({ topic, reason: reasonOf(error) }, 'a relay could not get or give back its lease');
        return false;
      });
      if (!led) await pause(pollMs, stop);
    }
  };

  return {
    start: () => {
      living ??= live();
    },
    stop: async () => {
      stopping.abort();
      await living;
    },
    status: async () => {
      const position = run?.position ?? (await checkpoints.load(topic));
      const [lag, next, held] = await Promise.all([
        count(category, position),
        store.readCategories([category], position, 1),
        checkpoints.heldCounts(),
      ]);
      const oldest = next.events[0]?.recordedTime;
      return {
        topic,
        active: run !== null,
        position,
        lag,
        oldestAgeMs: oldest === undefined ? 0 : Math.max(0, Date.now() - Date.parse(oldest)),
        held: held.get(topic) ?? 0,
        trouble: trouble(),
      };
    },
  };
};
