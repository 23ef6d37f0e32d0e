import { TransientError } from '@city311/kernel';

import type { MessagingLogger } from '../../consumer-groups.js';
import { pause } from '../../in-order/pause.js';
import { orAborted } from '../../in-order/until-aborted.js';
import { backoffMs, reasonOf } from '../../retry.js';
import type { Clients } from './clients.js';
import type { Fetched } from './feed.js';
import { caseOf } from './incoming.js';
import { boundsOf, type Bounds } from './offsets.js';
import { ParkedFold } from './parked-fold.js';
import { decodeRecord } from './parked-record.js';
import { isPast, type Place } from './place.js';
import { readPlainly } from './plain-reader.js';
import type { Timing } from './timing.js';

export interface ParkedBoardOptions {
  readonly clients: Clients;
  /** Topics whose parked messages are of interest. */
  readonly topics: readonly string[];
  readonly timing: Timing;
  readonly logger: MessagingLogger;
  readonly closing: AbortSignal;
}

const batchSize = 500;
const retryMs = 200;
const boundsTries = 10;
const upToDateWithinMs = 15_000;

/**
 * What stands parked on the broker, as this process has read it: every parked topic from its beginning, and what comes
 * after. Keeps places and reasons in memory, never the messages. Reads nothing before it is asked for something.
 */
export class ParkedBoard {
  readonly #folds = new Map<string, ParkedFold>();
  readonly #next = new Map<string, number[]>();
  readonly #listeners = new Set<() => void>();
  #reading: { readonly stop: AbortController; readonly ended: Promise<void> } | null = null;
  #changed = Promise.withResolvers<void>();

  constructor(private readonly options: ParkedBoardOptions) {}

  /** What was read of one parked topic. */
  fold(parkedTopic: string): ParkedFold {
    let fold = this.#folds.get(parkedTopic);
    if (fold === undefined) this.#folds.set(parkedTopic, (fold = new ParkedFold()));
    return fold;
  }

  /** Names of the parked topics that are followed. */
  parkedTopics(): readonly string[] {
    return [...this.#next.keys()];
  }

  /** Calls the listener after anything new was read; gives back how to end that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when it holds, looking after whatever is read, or when `signal` aborts. */
  async until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    while (!holds() && !signal.aborted) await orAborted(this.#changed.promise, signal);
  }

  /**
   * Resolves when everything that stood on the parked topics at the call has been read.
   * @param parkedTopic  one that must be among them; by default all that the broker has
   * @throws TransientError  the broker does not answer
   */
  async upToDate(parkedTopic?: string): Promise<void> {
    const { closing } = this.options;
    const late = AbortSignal.timeout(upToDateWithinMs);
    const signal = AbortSignal.any([closing, late]);
    const names = parkedTopic === undefined ? await this.#findAll() : [parkedTopic];
    if (names.length === 0) return;
    const { first, end } = await this.#bounds(names, signal);
    this.#follow(first);
    await this.until(() => isPast(this.#next, end), signal);
    if (signal.aborted) throw new TransientError('the parked messages could not be read');
  }

  /** A topic that was made a moment ago has no leader for as long. */
  async #bounds(names: readonly string[], signal: AbortSignal): Promise<Bounds> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.options.clients.administer((admin) => boundsOf(admin, names));
      } catch (error) {
        if (tries === boundsTries || signal.aborted) throw error;
        await pause(retryMs, signal);
      }
    }
  }

  async close(): Promise<void> {
    this.#reading?.stop.abort();
    await this.#reading?.ended;
  }

  async #findAll(): Promise<readonly string[]> {
    const names = await this.options.clients.administer((admin) => admin.listTopics());
    return names.filter((name) => this.options.topics.some((topic) => name.startsWith(`${topic}.parked.`)));
  }

  #follow(first: Place): void {
    const before = this.#next.size;
    for (const [topic, offsets] of first) if (!this.#next.has(topic)) this.#next.set(topic, [...offsets]);
    if (this.#next.size > before) this.#readOn();
  }

  /** Reads all topics known by now, from where they were read to. */
  #readOn(): void {
    const before = this.#reading;
    before?.stop.abort();
    const stop = new AbortController();
    const ended = (before?.ended ?? Promise.resolve()).then(() =>
      this.#read(AbortSignal.any([stop.signal, this.options.closing])),
    );
    this.#reading = { stop, ended };
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { clients, timing, logger } = this.options;
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        const from = new Map([...this.#next].map(([topic, offsets]) => [topic, new Map(offsets.entries())]));
        const { kafka } = clients;
        for await (const batch of readPlainly({ kafka, timing, logger, from, batchSize, signal })) {
          this.#take(batch);
        }
      } catch (error) {
        logger.error({ reason: reasonOf(error) }, 'parked messages could not be followed');
        await pause(backoffMs(failures + 1, retryMs), signal);
      }
    }
  }

  #take(batch: readonly Fetched[]): void {
    for (const { topic, partition, offset, message } of batch) {
      const record = decodeRecord(message);
      if (record !== null) this.fold(topic).apply(partition, caseOf(message), record, offset);
      const offsets = this.#next.get(topic);
      if (offsets !== undefined) offsets[partition] = offset + 1;
    }
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
    for (const listener of this.#listeners) listener();
  }
}
