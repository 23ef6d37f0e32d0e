import type { KafkaMessage } from 'kafkajs';

/** Messages of one partition as they were fetched, on their way into a member's hands. */
export interface Parcel {
  readonly partition: number;
  readonly messages: readonly KafkaMessage[];
  /** Of `messages`, how many were taken. */
  taken: number;
  /** Resolves when all of them were. */
  readonly done: PromiseWithResolvers<void>;
}

export interface Taken {
  readonly partition: number;
  readonly messages: readonly KafkaMessage[];
}

/** Parcels in the order they came; taken in batches that may span several. */
export class Inbox {
  readonly #parcels: Parcel[] = [];
  #filled = Promise.withResolvers<void>();

  add(partition: number, messages: readonly KafkaMessage[]): Parcel {
    const parcel = { partition, messages, taken: 0, done: Promise.withResolvers<void>() };
    this.#parcels.push(parcel);
    this.#filled.resolve();
    return parcel;
  }

  /** What was not taken of it will be fetched again. */
  withdraw(parcel: Parcel): void {
    const at = this.#parcels.indexOf(parcel);
    if (at >= 0) this.#parcels.splice(at, 1);
  }

  /** At most `limit` messages, those of a partition in order; none where there are none. */
  take(limit: number): readonly Taken[] {
    const all: Taken[] = [];
    let room = limit;
    while (room > 0) {
      const [parcel] = this.#parcels;
      if (parcel === undefined) break;
      const messages = parcel.messages.slice(parcel.taken, parcel.taken + room);
      parcel.taken += messages.length;
      room -= messages.length;
      if (messages.length > 0) all.push({ partition: parcel.partition, messages });
      if (parcel.taken < parcel.messages.length) break;
      this.#parcels.shift();
      parcel.done.resolve();
    }
    return all;
  }

  /** Resolves when there is something to take. */
  async filled(): Promise<void> {
    if (this.#parcels.length > 0) return;
    this.#filled = Promise.withResolvers<void>();
    await this.#filled.promise;
  }

  /** Lets whoever waits for something to take look again. */
  wake(): void {
    this.#filled.resolve();
  }
}
