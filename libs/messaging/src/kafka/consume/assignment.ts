import { randomUUID } from 'node:crypto';
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';

import type { EachBatchPayload } from 'kafkajs';

import type { MessagingLogger } from '../../consumer-groups.js';
import { CaseFlow } from '../../in-order/case-flow.js';
import { queuedBehind } from '../../in-order/case-lines.js';
import type { Delivery } from '../../in-order/delivery.js';
import { orAborted } from '../../in-order/until-aborted.js';
import { Watermark, type Slice } from '../../in-order/watermark.js';
import type { ConsumerOptions } from '../../messaging.js';
import { reasonOf } from '../../retry.js';
import type { ParseMessage } from '../binding.js';
import { claimPartitions } from './claim.js';
import type { Clients } from './clients.js';
import { Commits } from './commits.js';
import { shown, toPark, type Held, type OwnPartition } from './held.js';
import { eventOf, type KafkaTopic } from './incoming.js';
import { Inbox } from './inbox.js';
import type { ReadMessage } from './message-reader.js';
import { ownLines } from './own-lines.js';
import type { ParkedBoard } from './parked-board.js';
import { ParkedLog } from './parked-log.js';
import type { RecentEvents } from './recent-events.js';
import { ResendSweep } from './resend-sweep.js';
import { Sorter, type Sorted } from './sorter.js';
import type { Timing } from './timing.js';

export interface AssignmentOptions {
  readonly topic: KafkaTopic;
  readonly parkedTopic: string;
  readonly partitions: readonly number[];
  readonly settings: ConsumerOptions;
  readonly delivery: Delivery;
  readonly parse: ParseMessage;
  readonly read: ReadMessage;
  readonly clients: Clients;
  readonly board: ParkedBoard;
  readonly recent: RecentEvents;
  /** A number that no other assignment of this process has. */
  readonly assignment: number;
  readonly timing: Timing;
  readonly logger: MessagingLogger;
  /** What this process had in hand before; nothing is handled until it is done with. */
  readonly before: Promise<void>;
  /** @throws Error  the group has gone on without this member */
  readonly verify: () => Promise<void>;
  /** The member cannot go on: its group has gone on without it, or the broker does not answer. */
  readonly onLost: (error: unknown) => void;
}

/** Time for which a full member lets the broker wait before it stops asking for more. */
const patienceMs = 1_000;

/** The time for which a member has the same partitions: from one rebalance of its group to the next. */
export class Assignment {
  readonly #stop = new AbortController();
  readonly #inbox = new Inbox();
  readonly #own = new Map<number, OwnPartition>();
  readonly #sweeps: ResendSweep[] = [];
  readonly #sorter: Sorter;
  readonly #commits: Commits;
  readonly #log: ParkedLog;
  readonly #flow: CaseFlow<Held>;
  readonly #working: Promise<void>;

  constructor(private readonly options: AssignmentOptions) {
    const { settings, delivery, clients, parkedTopic, recent, logger, onLost } = options;
    const stopping = this.#stop.signal;
    this.#sorter = new Sorter(options);
    this.#commits = new Commits({ settings, logger, partitions: () => this.#own.values(), onFenced: onLost });
    this.#log = new ParkedLog({ clients, parkedTopic, logger, stopping });
    this.#flow = new CaseFlow<Held>({
      delivery,
      settings,
      caseOf: ({ own, caseNumber }) => `${own.partition} ${caseNumber}`,
      isReadable: ({ reading }) => reading.event !== null,
      eventOf: ({ reading }) => eventOf(reading),
      onHandled: ({ reading }) => recent.done(reading.event?.id ?? ''),
      park: (line, reason, attempts) => this.#park(line, reason, attempts),
      onParked: (_key, { own, caseNumber }) => {
        const line = own.parking.get(caseNumber);
        own.parking.delete(caseNumber);
        if (line !== undefined) own.parked.set(caseNumber, line);
      },
      onRetry: (held, attempts, error) => this.#warn('will be tried again', held, attempts, error),
      onBatchFailed: (attempts, error) =>
        logger.warn({ group: settings.group, attempts, reason: reasonOf(error) }, 'a batch failed'),
      stopping,
    });
    this.#working = this.#work();
  }

  /**
   * Takes what was fetched in hand and marks how far; resolves when there is room for more, or when it has waited long
   * enough for that: then the partition is paused until there is.
   */
  async accept(fetched: EachBatchPayload): Promise<void> {
    const { signal } = this.#stop;
    if (signal.aborted) return;
    const { batch } = fetched;
    this.#commits.by((offsets) => fetched.commitOffsetsIfNecessary(offsets));
    const parcel = this.#inbox.add(batch.partition, batch.messages);
    await this.#untilTaken(parcel.done.promise);
    this.#inbox.withdraw(parcel);
    const isTaken = parcel.taken === batch.messages.length;
    const last = batch.messages[parcel.taken - 1];
    if (isTaken) fetched.resolveOffset(batch.lastOffset());
    else if (last !== undefined) fetched.resolveOffset(last.offset);
    if (isTaken || this.#isStopped()) return;
    const resume = fetched.pause();
    void this.#flow.room().then(() => {
      if (!this.#isStopped()) resume();
    });
  }

  /** Takes no more; what waits for a retry is left to whoever has the partition next. */
  end(): void {
    this.#stop.abort();
    this.#inbox.wake();
  }

  /** After `end`: resolves when nothing is in hand any more. */
  async idle(): Promise<void> {
    await this.#working;
  }

  /** Commits what has had its effect. Never rejects. */
  commit(): Promise<void> {
    return this.#commits.commit();
  }

  /** Commits what has had its effect before anything else is said to the broker. */
  commitAtOnce(): void {
    void this.#commits.atOnce();
  }

  /** Ends, and commits nothing any more. */
  detach(): void {
    this.end();
    this.#commits.end();
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Or until it is clear that this may take long. */
  async #untilTaken(done: Promise<void>): Promise<void> {
    const { signal } = this.#stop;
    const progress = { isTaken: false };
    const taken = done.then(() => {
      progress.isTaken = true;
    });
    do await orAborted(Promise.race([taken, sleep(patienceMs, undefined, { ref: false })]), signal);
    while (!progress.isTaken && !signal.aborted && this.#flow.hasRoom());
  }

  async #work(): Promise<void> {
    const { before, settings, logger, timing, board, onLost } = this.options;
    const { signal } = this.#stop;
    await before;
    const flushing = setInterval(() => {
      if (!signal.aborted) void this.#commits.commit();
    }, timing.flushMs).unref();
    const look = (): void => {
      for (const sweep of this.#sweeps) sweep.look();
    };
    const unsubscribe = board.onChange(look);
    try {
      await orAborted(this.#takeOver(), signal);
      look();
      while (!signal.aborted) {
        await this.#inbox.filled();
        await this.#take();
        await breathe();
        await this.#flow.room();
      }
    } catch (error) {
      if (signal.aborted) return;
      logger.warn({ group: settings.group, reason: reasonOf(error) }, 'a consumer could not go on');
      onLost(error);
    } finally {
      this.#stop.abort();
      unsubscribe();
      clearInterval(flushing);
      await this.#flow.idle();
      await Promise.all(this.#sweeps.map((sweep) => sweep.idle()));
      await this.#log.idle();
    }
  }

  /** Becomes the writer of each partition's parked messages and finds out which cases are parked. */
  async #takeOver(): Promise<void> {
    const { settings, parkedTopic, partitions, board, clients } = this.options;
    const stopping = this.#stop.signal;
    const log = this.#log;
    const { group } = settings;
    const epochs = await claimPartitions({ ...this.options, group, by: randomUUID(), log, stopping });
    for (const partition of partitions) {
      const parked = ownLines(board.fold(parkedTopic).linesIn(group, partition));
      const epoch = epochs.get(partition) ?? 0;
      const watermark = new Watermark<number>(null);
      this.#own.set(partition, { partition, epoch, watermark, parked, parking: new Map() });
      const { kafka } = clients;
      this.#sweeps.push(
        new ResendSweep({ ...this.options, kafka, partition, epoch, lines: parked, log, stopping }),
      );
    }
  }

  async #take(): Promise<void> {
    const slices: Slice<number>[] = [];
    const sorted: Sorted = { live: [], behind: [] };
    for (const { partition, messages } of this.#inbox.take(this.options.settings.batchSize)) {
      const own = this.#own.get(partition);
      const last = messages.at(-1);
      if (own === undefined || last === undefined) continue;
      const slice = own.watermark.open(Number(last.offset) + 1);
      // Holds the commit back until every message has found its place.
      slice.pending += 1;
      slices.push(slice);
      for (const message of messages) this.#sorter.sort(own, slice, message, sorted);
    }
    // Fails when stopped before: they come again.
    if (sorted.behind.length > 0) await this.#log.write(sorted.behind);
    await this.#flow.take(sorted.live);
    for (const slice of slices) slice.pending -= 1;
  }

  async #park(line: readonly Held[], reason: string, attempts: number): Promise<void> {
    const [head] = line;
    if (head === undefined) return;
    const { topic, settings } = this.options;
    const { own, caseNumber } = head;
    const lies = await this.#log.write(
      line.map((held, index) =>
        index === 0
          ? toPark(topic, settings.group, held, reason, attempts)
          : toPark(topic, settings.group, held, queuedBehind, 0),
      ),
    );
    const offsets = line.map(({ message }) => Number(message.offset));
    const before = own.parking.get(caseNumber);
    if (before !== undefined) before.offsets.push(...offsets);
    else own.parking.set(caseNumber, { offsets, from: lies.get(own.partition) ?? 0, done: -1 });
    if (reason !== queuedBehind) this.#warn('is parked', head, attempts, reason);
  }

  #warn(what: string, held: Held, attempts: number, error: unknown): void {
    const { group, topic } = this.options.settings;
    const { subject, type, stream, sequence } = shown(this.options.topic, held);
    const { partition } = held.own;
    const details = { group, topic, partition, subject, type, stream, sequence, attempts };
    this.options.logger.warn({ ...details, reason: reasonOf(error) }, what);
  }
}
