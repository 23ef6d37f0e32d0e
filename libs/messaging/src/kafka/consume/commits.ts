import type { EachBatchPayload } from 'kafkajs';

import type { MessagingLogger } from '../../consumer-groups.js';
import type { ConsumerOptions } from '../../messaging.js';
import { reasonOf } from '../../retry.js';
import type { OwnPartition } from './held.js';

export type Commit = EachBatchPayload['commitOffsetsIfNecessary'];

export interface CommitsOptions {
  readonly settings: ConsumerOptions;
  readonly partitions: () => Iterable<OwnPartition>;
  readonly logger: MessagingLogger;
  /** The group has gone on without this member. */
  readonly onFenced: (error: unknown) => void;
}

/** Tells the broker what has had its effect. Nothing here rejects. */
export class Commits {
  #send: Commit | null = null;
  #last: Promise<void> = Promise.resolve();
  readonly #committed = new Map<number, number>();

  constructor(private readonly options: CommitsOptions) {}

  /** By which way commits go; none do before the first batch has come. */
  by(send: Commit): void {
    this.#send = send;
  }

  /** Commits after one another. */
  commit(): Promise<void> {
    this.#last = this.#last.then(() => this.atOnce());
    return this.#last;
  }

  /** The request is on its way before anything else is said to the broker. */
  async atOnce(): Promise<void> {
    const { settings, logger, onFenced } = this.options;
    const partitions = this.#due();
    const send = this.#send;
    if (send === null || partitions.length === 0) return;
    try {
      await send({ topics: [{ topic: settings.topic, partitions }] });
      for (const { partition, offset } of partitions) this.#committed.set(partition, Number(offset));
    } catch (error) {
      logger.warn({ group: settings.group, reason: reasonOf(error) }, 'offsets could not be committed');
      if (isFenced(error) && this.#isOpen()) onFenced(error);
    }
  }

  /** From now on a commit would be taken for one of a newer assignment: there is none any more. */
  end(): void {
    this.#send = null;
  }

  #isOpen(): boolean {
    return this.#send !== null;
  }

  #due(): { readonly partition: number; readonly offset: string }[] {
    const due: { partition: number; offset: string }[] = [];
    for (const { partition, watermark } of this.options.partitions()) {
      const safe = watermark.safe();
      if (safe !== null && safe !== this.#committed.get(partition))
        due.push({ partition, offset: String(safe) });
    }
    return due;
  }
}

const fenced: ReadonlySet<unknown> = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
]);

/** Whether the broker refuses a member because its group has gone on without it. */
export const isFenced = (error: unknown): boolean =>
  error instanceof Error && (('type' in error && fenced.has(error.type)) || isFenced(error.cause));
