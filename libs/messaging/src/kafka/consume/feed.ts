import type { KafkaMessage } from 'kafkajs';

/** A message and where it lies. */
export interface Fetched {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly message: KafkaMessage;
}

interface Stretch {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly KafkaMessage[];
  next: number;
}

/** Messages that were fetched and wait to be taken; tells the fetching side when it may go on. */
export class Feed {
  #stretches: Stretch[] = [];
  #size = 0;
  #changed = Promise.withResolvers<void>();

  /** @param room  messages beyond which it is full */
  constructor(private readonly room: number) {}

  get isFull(): boolean {
    return this.#size >= this.room;
  }

  add(topic: string, partition: number, messages: readonly KafkaMessage[]): void {
    if (messages.length === 0) return;
    this.#stretches.push({ topic, partition, messages, next: 0 });
    this.#size += messages.length;
    this.#notify();
  }

  /** At most `limit` messages, those of a partition in order; none where none wait. */
  take(limit: number): readonly Fetched[] {
    const taken: Fetched[] = [];
    for (const stretch of this.#stretches) {
      const { topic, partition, messages } = stretch;
      while (stretch.next < messages.length && taken.length < limit) {
        const message = messages[stretch.next];
        stretch.next += 1;
        if (message !== undefined) taken.push({ topic, partition, offset: Number(message.offset), message });
      }
      if (taken.length >= limit) break;
    }
    this.#stretches = this.#stretches.filter(({ next, messages }) => next < messages.length);
    this.#size -= taken.length;
    if (taken.length > 0) this.#notify();
    return taken;
  }

  /** What was not taken is forgotten. */
  clear(): void {
    this.#stretches = [];
    this.#size = 0;
    this.#notify();
  }

  /** Resolves when something was added or taken. */
  changed(): Promise<void> {
    return this.#changed.promise;
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
