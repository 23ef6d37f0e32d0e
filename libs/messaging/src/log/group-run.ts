import { setImmediate as breathe } from 'node:timers/promises';

import type { EventBatch, EventStore } from '@city311/eventing';
import { TransientError, type Category, type Position } from '@city311/kernel';

import type { MessagingLogger } from '../consumer-groups.js';
import type { ConsumerOptions, TopicSource } from '../messaging.js';
import { CaseFlow } from '../in-order/case-flow.js';
import { queuedBehind } from '../in-order/case-lines.js';
import { createDelivery, type Handler } from '../in-order/delivery.js';
import { Watermark } from '../in-order/watermark.js';
import { reasonOf } from '../retry.js';
import { FencedError, type ConsumerState, type Member, type MessageToPark } from './consumer-state.js';
import type { Entry, Translate } from './entry.js';
import { caseOf, readableEvent, toPark, type Message } from './message.js';
import { Resender } from './resender.js';

export interface GroupRunOptions {
  readonly store: Pick<EventStore, 'follow'>;
  readonly state: ConsumerState;
  readonly source: TopicSource;
  readonly translate: Translate;
  readonly member: Member;
  readonly settings: ConsumerOptions;
  readonly handler: Handler;
  readonly logger: MessagingLogger;
  /** Aborts when the consumer stops or its lease is lost. */
  readonly stop: AbortSignal;
  /** A newer member was met. */
  readonly onFenced: () => void;
}

const flushMs = 200;
const resendPollMs = 1_000;

/** The time of one member at the head of its group: from the group's checkpoint on, until it stops or is replaced. */
export class GroupRun {
  readonly #types: ReadonlySet<string>;
  readonly #ended = new AbortController();
  readonly #stopping: AbortSignal;
  readonly #start: Position | null;
  readonly #watermark: Watermark<Position>;
  #written: Position | null;
  /** Head of each parked line; whatever of the case lies before it has been handled. */
  readonly #parked: Map<string, Position>;
  readonly #flow: CaseFlow<Message>;
  readonly #resender: Resender;

  /** @throws FencedError  a newer member is there already */
  constructor(private readonly options: GroupRunOptions) {
    const { state, member, settings, source, handler } = options;
    const delivery = createDelivery(handler);
    this.#types = new Set(settings.types);
    this.#stopping = AbortSignal.any([options.stop, this.#ended.signal]);
    this.#start = state.claim(member);
    this.#written = this.#start;
    this.#watermark = new Watermark<Position>(this.#start);
    this.#parked = new Map(state.lines(member));
    this.#flow = new CaseFlow<Message>({
      delivery,
      settings,
      caseOf: ({ entry }) => caseOf(entry),
      isReadable: ({ entry }) => entry.unreadable === null,
      eventOf: ({ entry }) => readableEvent(entry),
      park: (line, reason, attempts) => this.#park(line, reason, attempts),
      onParked: (caseNumber, { entry }) => this.#parked.set(caseNumber, entry.stored.position),
      onRetry: (message, attempts, error) =>
        this.#warn('will be tried again', message.entry, attempts, error),
      onBatchFailed: (attempts, error) =>
        this.options.logger.warn(
          { group: settings.group, attempts, reason: reasonOf(error) },
          'a batch failed',
        ),
      stopping: this.#stopping,
    });
    this.#resender = new Resender({
      state,
      member,
      source,
      types: this.#types,
      delivery,
      stopping: this.#stopping,
      onEmpty: (caseNumber) => this.#parked.delete(caseNumber),
      onError: (error) => this.#failed('parked messages could not be sent again', error),
    });
  }

  /** Resolves after a stop, with everything in hand finished and the checkpoint written. @throws TransientError  the log cannot be read */
  async work(): Promise<void> {
    const { store, source, settings } = this.options;
    const flushing = setInterval(() => this.#flush(), flushMs).unref();
    const polling = setInterval(() => this.lookForResends(), resendPollMs).unref();
    this.lookForResends();
    try {
      const batches = store.follow([source.category as Category], {
        after: this.#start,
        batchSize: settings.batchSize,
        signal: this.#stopping,
      });
      for await (const batch of batches) {
        if (this.#stopping.aborted) break;
        await this.#take(batch);
        await breathe();
        await this.#flow.room();
      }
      if (!this.#stopping.aborted) throw new TransientError(`the log of ${source.topic} ended`);
    } finally {
      this.#ended.abort();
      await this.#flow.idle();
      await this.#resender.idle();
      clearInterval(flushing);
      clearInterval(polling);
      this.#flush();
    }
  }

  lookForResends(): void {
    if (this.#parked.size > 0) this.#resender.look();
  }

  async #take(batch: EventBatch): Promise<void> {
    const slice = this.#watermark.open(batch.position);
    // Holds the checkpoint back until every event of the batch has found its place.
    slice.pending += 1;
    const behind: MessageToPark[] = [];
    const live: Message[] = [];
    for (const stored of batch.events) {
      const entry = this.options.translate(stored);
      if (!this.#wants(entry)) continue;
      const head = this.#parked.get(caseOf(entry));
      if (head === undefined) live.push({ entry, slice });
      else if (stored.position >= head) behind.push(toPark(entry, queuedBehind, 0));
    }
    if (behind.length > 0) this.options.state.park(this.options.member, behind);
    await this.#flow.take(live);
    slice.pending -= 1;
  }

  #wants({ event, unreadable }: Entry): boolean {
    return unreadable !== null || (event !== null && this.#types.has(event.type));
  }

  #park(line: readonly Message[], reason: string, attempts: number): void {
    const head = line[0];
    if (head === undefined) return;
    const { state, member } = this.options;
    try {
      state.park(
        member,
        line.map(({ entry }, index) =>
          index === 0 ? toPark(entry, reason, attempts) : toPark(entry, queuedBehind, 0),
        ),
      );
    } catch (error) {
      if (error instanceof FencedError) this.options.onFenced();
      throw error;
    }
    if (reason !== queuedBehind) this.#warn('is parked', head.entry, attempts, reason);
  }

  #flush(): void {
    const { state, member } = this.options;
    const safe = this.#watermark.safe();
    if (safe === null || safe === this.#written) return;
    try {
      state.moveCheckpoint(member, safe);
      this.#written = safe;
    } catch (error) {
      this.#failed('the checkpoint could not be written', error);
    }
  }

  #failed(what: string, error: unknown): void {
    const { group, topic, token } = this.options.member;
    if (error instanceof FencedError) this.options.onFenced();
    this.options.logger.error({ group, topic, token, reason: reasonOf(error) }, what);
  }

  #warn(what: string, { stored }: Entry, attempts: number, error: unknown): void {
    const { group, topic } = this.options.member;
    const { subject, type, stream, sequence } = stored;
    const reason = reasonOf(error);
    this.options.logger.warn({ group, topic, subject, type, stream, sequence, attempts, reason }, what);
  }
}
