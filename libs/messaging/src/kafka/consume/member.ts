import { setTimeout as sleep } from 'node:timers/promises';

import type { Consumer as KafkaConsumer, EachBatchPayload } from 'kafkajs';

import type { Consumer, MessagingLogger } from '../../consumer-groups.js';
import { createDelivery, type Delivery, type Handler } from '../../in-order/delivery.js';
import { pause } from '../../in-order/pause.js';
import { orAborted } from '../../in-order/until-aborted.js';
import type { ConsumerOptions } from '../../messaging.js';
import { backoffMs, reasonOf } from '../../retry.js';
import type { ParseMessage } from '../binding.js';
import { Assignment } from './assignment.js';
import { atMost, goodbyeMs } from './at-most.js';
import type { Clients } from './clients.js';
import { isFenced } from './commits.js';
import { withHeartbeats } from './heartbeats.js';
import type { KafkaTopic } from './incoming.js';
import type { ReadMessage } from './message-reader.js';
import { boundsOf, committedOffsets } from './offsets.js';
import type { ParkedBoard } from './parked-board.js';
import { ensureParkedTopic } from './parked-topic.js';
import { RecentEvents } from './recent-events.js';
import type { Timing } from './timing.js';

export interface MemberOptions {
  readonly topic: KafkaTopic;
  readonly parkedTopic: string;
  readonly settings: ConsumerOptions;
  readonly handler: Handler;
  readonly parse: ParseMessage;
  readonly read: ReadMessage;
  readonly clients: Clients;
  readonly board: ParkedBoard;
  readonly timing: Timing;
  readonly logger: MessagingLogger;
}

const firstRetryMs = 200;
const sideBySide = 64;
const eventsRemembered = 50_000;
let assignments = 0;

/** A member of a group: works on the partitions it is given, and joins again, for ever, when the broker was away. */
export class Member implements Consumer {
  readonly #stop = new AbortController();
  readonly #delivery: Delivery;
  readonly #recent = new RecentEvents(eventsRemembered);
  #living: Promise<void> | null = null;
  #assignment: Assignment | null = null;
  /** Resolves when nothing is in hand of assignments that have ended. */
  #before: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: MemberOptions,
    private readonly hooks: {
      /** It was given partitions that another member may have had. */
      readonly onTaken: () => void;
      readonly onStopped: () => void;
    },
  ) {
    this.#delivery = createDelivery(options.handler);
  }

  get active(): boolean {
    return this.#assignment !== null;
  }

  start(): void {
    this.#living ??= this.#live();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#living;
    this.hooks.onStopped();
  }

  async #live(): Promise<void> {
    const { logger, settings, clients, parkedTopic } = this.options;
    const { group, topic } = settings;
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted;) {
      try {
        await clients.administer((admin) => ensureParkedTopic(admin, topic, parkedTopic));
        await this.#takePart(() => {
          failures = 0;
        });
      } catch (error) {
        if (this.#isStopped()) break;
        failures += 1;
        logger.warn({ group, topic, reason: reasonOf(error) }, 'a consumer was interrupted and joins again');
        await pause(backoffMs(failures, firstRetryMs), signal);
      }
    }
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** One life of a client. @throws Error  it cannot go on */
  async #takePart(onJoined: () => void): Promise<void> {
    const { settings, timing, clients } = this.options;
    const consumer = clients.kafka.consumer({
      groupId: settings.group,
      sessionTimeout: timing.sessionTimeoutMs,
      heartbeatInterval: timing.heartbeatMs,
      rebalanceTimeout: timing.rebalanceTimeoutMs,
      maxWaitTimeInMs: timing.maxWaitMs,
      maxBytesPerPartition: timing.maxBytesPerPartition,
      maxBytes: timing.maxBytes,
      retry: { retries: 3, initialRetryTime: firstRetryMs, restartOnFailure: async () => false },
    });
    const lost = Promise.withResolvers<never>();
    lost.promise.catch(() => undefined);
    const { GROUP_JOIN, REBALANCING, CRASH } = consumer.events;
    consumer.on(CRASH, ({ payload }) => lost.reject(payload.error));
    consumer.on(REBALANCING, () => {
      this.#assignment?.commitAtOnce();
      this.#assignment?.end();
    });
    consumer.on(GROUP_JOIN, ({ payload }) => {
      onJoined();
      this.#letGo();
      const paused = consumer.paused();
      if (paused.length > 0) consumer.resume(paused);
      this.#begin(consumer, payload.memberAssignment[settings.topic] ?? [], lost.reject);
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [settings.topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: sideBySide,
        eachBatch: (payload) => this.#eachBatch(payload),
      });
      await orAborted(lost.promise, this.#stop.signal);
      await this.#finish();
    } finally {
      this.#letGo();
      await atMost(goodbyeMs, consumer.disconnect());
    }
  }

  #begin(consumer: KafkaConsumer, partitions: readonly number[], onLost: (error: unknown) => void): void {
    if (partitions.length === 0 || this.#stop.signal.aborted) return;
    const { settings, logger } = this.options;
    logger.info({ group: settings.group, topic: settings.topic, partitions }, 'a consumer has partitions');
    assignments += 1;
    const assignment: Assignment = new Assignment({
      ...this.options,
      assignment: assignments,
      recent: this.#recent,
      delivery: this.#delivery,
      partitions,
      before: this.#before,
      verify: () => this.#verify(consumer, partitions, () => this.#assignment === assignment),
      onLost: (error) => {
        if (this.#assignment === assignment) onLost(error);
      },
    });
    this.#assignment = assignment;
    this.hooks.onTaken();
  }

  /** Leaves what is in hand to end by itself; nothing of it is committed any more. */
  #letGo(): void {
    const assignment = this.#assignment;
    if (assignment === null) return;
    this.#assignment = null;
    assignment.detach();
    this.#before = assignment.idle();
  }

  /** Finishes what is in hand and commits it. */
  async #finish(): Promise<void> {
    const assignment = this.#assignment;
    if (assignment === null) return;
    assignment.end();
    await assignment.idle();
    await atMost(goodbyeMs, assignment.commit());
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    const assignment = this.#assignment;
    if (assignment === null || payload.isStale()) return;
    const { heartbeatMs } = this.options.timing;
    try {
      await withHeartbeats(assignment.accept(payload), () => payload.heartbeat(), heartbeatMs);
    } catch (error) {
      if (!isFenced(error)) await this.#handOver(assignment, payload);
      throw error;
    }
  }

  /** The group waits for this member: what is in hand is finished first, so that it is nobody's twice. */
  async #handOver(assignment: Assignment, payload: EachBatchPayload): Promise<void> {
    const { heartbeatMs, rebalanceTimeoutMs } = this.options.timing;
    assignment.end();
    const late = AbortSignal.timeout(rebalanceTimeoutMs / 2);
    const done = assignment.idle().then(() => true);
    while (!late.aborted && !(await Promise.race([done, sleep(heartbeatMs, false)])))
      await payload.heartbeat().catch(() => undefined);
    await assignment.commit();
  }

  /** The coordinator answers a commit only where it comes from a member of the present generation. */
  async #verify(
    consumer: KafkaConsumer,
    partitions: readonly number[],
    isCurrent: () => boolean,
  ): Promise<void> {
    const { settings, clients } = this.options;
    const { group, topic } = settings;
    const [partition = 0] = partitions;
    const offset = await clients.administer(async (admin) => {
      const committed = (await committedOffsets(admin, group, [topic])).get(topic)?.[partition] ?? null;
      return committed ?? (await boundsOf(admin, [topic])).first.get(topic)?.[partition] ?? 0;
    });
    if (!isCurrent()) throw new Error('the group was rebalanced');
    await consumer.commitOffsets([{ topic, partition, offset: String(offset) }]);
  }
}
