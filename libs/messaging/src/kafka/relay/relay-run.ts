import type { Message } from 'kafkajs';

import type { EventBatch, EventStore } from '@city311/eventing';
import {
  TransientError,
  type Category,
  type Position,
  type RecordedEvent,
  type StreamName,
} from '@city311/kernel';

import type { MessagingLogger } from '../../consumer-groups.js';
import type { TopicSource } from '../../messaging.js';
import { pause } from '../../in-order/pause.js';
import { reasonOf } from '../../retry.js';
import type { HeldEvent, RelayCheckpoints } from '../relay-checkpoints.js';
import { HeldCases, RelayFencedError } from './held-cases.js';
import type { KeptLease } from './kept-lease.js';
import { inParts, toOutgoing, type Outgoing } from './outgoing.js';
import { TooLargeError, type TopicProducer } from './topic-producer.js';

export interface RelayRunOptions {
  readonly store: Pick<EventStore, 'follow' | 'readStream'>;
  readonly source: TopicSource;
  readonly checkpoints: RelayCheckpoints;
  readonly producer: Pick<TopicProducer, 'send'>;
  readonly lease: KeptLease;
  readonly logger: MessagingLogger;
  readonly batchSize: number;
  readonly maxBytes: number;
  readonly lingerMs: number;
  /** Aborts when the relay is to stop. */
  readonly stop: AbortSignal;
}

const saveEveryMs = 200;
const askedEveryMs = 1_000;
/** Of a held case: it goes nowhere. */
const notPrepared = '';

/**
 * From the checkpoint to the newest event and on, until it stops, loses its lease or fails. One part is with the
 * broker at a time, and the next is being prepared meanwhile: with two on the way a repeat of the first could come
 * behind the second.
 */
export class RelayRun {
  readonly #held: HeldCases;
  readonly #failed = new AbortController();
  #fault: { readonly error: unknown } | null = null;
  #acknowledged: Position | null = null;
  #saved: Position | null = null;
  #saving: Promise<void> | null = null;
  #onTheWay = Promise.resolve();
  #timesAsked = 0;

  constructor(private readonly options: RelayRunOptions) {
    const { checkpoints, source, lease } = options;
    this.#held = new HeldCases(checkpoints, source.topic, lease.token, () => new Date());
  }

  /** Up to here the broker has everything that is not held. */
  get position(): Position | null {
    return this.#acknowledged;
  }

  /** @throws Error  the store, the checkpoints or the broker failed; what was acknowledged is saved if it can be */
  async work(): Promise<void> {
    const { store, source, lease, stop, batchSize, lingerMs } = this.options;
    const signal = AbortSignal.any([stop, lease.lost, this.#failed.signal]);
    await this.#start();
    const saving = setInterval(() => void this.#save(), saveEveryMs);
    const listening = setInterval(() => void this.#listen(), askedEveryMs);
    try {
      await this.#tryHeldAgain();
      const options = { after: this.#acknowledged, batchSize, signal };
      for await (const batch of store.follow([source.category as Category], options)) {
        const outgoing = this.#prepare(batch.events);
        await this.#onTheWay;
        if (signal.aborted) break;
        this.#next(() => this.#deliver(outgoing, batch));
        // An empty batch tells of a silence: what ends it goes at once.
        if (batch.events.length > 0 && batch.events.length < batchSize) await pause(lingerMs, signal);
      }
    } finally {
      clearInterval(listening);
      await this.#onTheWay;
      clearInterval(saving);
      await this.#saving;
      await this.#save();
    }
    if (this.#fault !== null) throw this.#fault.error;
    if (!signal.aborted) throw new TransientError(`the log of ${source.topic} ended`);
  }

  /** One after the other, and nothing after a failure. */
  #next(work: () => Promise<void>): void {
    this.#onTheWay = this.#onTheWay
      .then(() => (this.#fault === null ? work() : undefined))
      .catch((error: unknown) => this.#fail(error));
  }

  /** Whether an operator wants what is held tried again. */
  async #listen(): Promise<void> {
    if (this.#held.isEmpty) return;
    const { checkpoints, source } = this.options;
    const times = await checkpoints.timesAsked(source.topic).catch(() => this.#timesAsked);
    if (times === this.#timesAsked) return;
    this.#timesAsked = times;
    this.#next(() => this.#tryHeldAgain());
  }

  /** Claims the checkpoint, so that whoever held the lease before can no longer move it. */
  async #start(): Promise<void> {
    const { checkpoints, source, lease } = this.options;
    const position = await checkpoints.load(source.topic);
    if (position !== null && !(await checkpoints.save(source.topic, position, lease.token))) this.#fenced();
    this.#acknowledged = this.#saved = position;
    this.#timesAsked = await checkpoints.timesAsked(source.topic);
  }

  #fail(error: unknown): void {
    this.#fault ??= { error };
    this.#failed.abort();
    if (error instanceof RelayFencedError) this.options.lease.lose();
  }

  #fenced(): never {
    this.options.lease.lose();
    throw new RelayFencedError();
  }

  /** Translated and encoded; events of held cases as they are. */
  #prepare(events: readonly RecordedEvent[]): readonly Outgoing[] {
    const { source } = this.options;
    return events.flatMap((stored) =>
      this.#held.has(stored.subject)
        ? { stored, message: notPrepared, bytes: 0 }
        : (toOutgoing(stored, source) ?? []),
    );
  }

  async #deliver(outgoing: readonly Outgoing[], { position }: EventBatch): Promise<void> {
    for (const part of inParts(outgoing, this.options.maxBytes)) await this.#send(part);
    await this.#held.flush();
    this.#acknowledged = position;
  }

  /** A part that is too large is halved until the guilty event is found, which is held. */
  async #send(part: readonly Outgoing[]): Promise<void> {
    const open: Outgoing[] = [];
    const messages: Message[] = [];
    for (const prepared of part) {
      const { stored } = prepared;
      const isHeld = this.#held.has(stored.subject);
      // The case may have been let go since.
      const one =
        !isHeld && prepared.message === notPrepared ? toOutgoing(stored, this.options.source) : prepared;
      if (one === null) continue;
      const { message } = one;
      if (isHeld) this.#held.add(stored);
      else if (typeof message === 'string') this.#hold(stored, message);
      else {
        open.push(one);
        messages.push(message);
      }
    }
    const [first] = open;
    if (first === undefined) return;
    if (!this.options.lease.isValid()) this.#fenced();
    try {
      await this.options.producer.send(messages);
    } catch (error) {
      if (!(error instanceof TooLargeError)) throw error;
      if (open.length === 1) {
        this.#hold(first.stored, reasonOf(error));
        return;
      }
      const half = Math.ceil(open.length / 2);
      await this.#send(open.slice(0, half));
      await this.#send(open.slice(half));
    }
  }

  #hold(stored: RecordedEvent, reason: string): void {
    const { source, logger } = this.options;
    const { stream, sequence, type } = stored;
    const details = { topic: source.topic, stream, sequence, type, reason };
    logger.error(details, 'an event cannot be relayed; its case is held back');
    this.#held.add(stored, reason);
  }

  /** Another version of the program may be able to translate what was held. */
  async #tryHeldAgain(): Promise<void> {
    const { store, source, logger } = this.options;
    for (const [subject, line] of await this.#held.load()) {
      const gone: HeldEvent[] = [];
      for (const held of line) {
        const [stored] = await store.readStream(held.stream as StreamName, held.sequence);
        const one = stored === undefined ? null : toOutgoing(stored, source);
        if (typeof one?.message === 'string') break;
        if (one !== null && !(await this.#sendAlone(one.message))) break;
        gone.push(held);
      }
      await this.#held.release(subject, gone, gone.length === line.length);
      if (gone.length > 0)
        logger.info({ topic: source.topic, subject, events: gone.length }, 'held events were relayed');
    }
  }

  /** False where it is too large still. */
  async #sendAlone(message: Message): Promise<boolean> {
    if (!this.options.lease.isValid()) this.#fenced();
    try {
      await this.options.producer.send([message]);
      return true;
    } catch (error) {
      if (error instanceof TooLargeError) return false;
      throw error;
    }
  }

  /** Writes the checkpoint where it moved; one write at a time. */
  #save(): Promise<void> {
    this.#saving ??= this.#saveNow().finally(() => {
      this.#saving = null;
    });
    return this.#saving;
  }

  async #saveNow(): Promise<void> {
    const { checkpoints, source, lease, logger } = this.options;
    const position = this.#acknowledged;
    if (position === null || position === this.#saved) return;
    try {
      if (await checkpoints.save(source.topic, position, lease.token)) this.#saved = position;
      else {
        logger.warn({ topic: source.topic, token: lease.token }, 'another relay has taken over');
        lease.lose();
      }
    } catch (error) {
      logger.warn({ topic: source.topic, reason: reasonOf(error) }, 'a checkpoint could not be written yet');
    }
  }
}
