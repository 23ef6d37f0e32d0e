import kafkajs, { Partitioners, type Message, type Producer } from 'kafkajs';

import type { KafkaConnection } from '../connect/kafka-connection.js';

/** The broker takes no message, or no batch, of this size; nothing says which one it was. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

const tooLargeTypes: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

const isTooLarge = (error: unknown): boolean => {
  let cause = error;
  while (cause instanceof Error) {
    if (cause instanceof kafkajs.KafkaJSProtocolError && tooLargeTypes.has(cause.type)) return true;
    cause = cause.cause;
  }
  return false;
};

const retry = { retries: 4, initialRetryTime: 50, maxRetryTime: 500 } as const;

/**
 * Sends batches to one topic, one after the other: acknowledged by all in-sync replicas, idempotent. After any error
 * the producer is thrown away: the client counts its sequence numbers back when a send fails, so a batch that did
 * arrive and the next one could carry the same numbers, and the broker would drop the next as a repeat.
 */
export class TopicProducer {
  #producer: Producer | null = null;

  constructor(
    private readonly kafka: KafkaConnection,
    private readonly topic: string,
  ) {}

  /** @throws TooLargeError @throws Error  part of it may have arrived */
  async send(messages: Message[]): Promise<void> {
    try {
      const producer = await this.#connected();
      await producer.send({ topic: this.topic, messages, acks: -1 });
    } catch (error) {
      await this.close();
      throw isTooLarge(error) ? new TooLargeError('too large for the topic', { cause: error }) : error;
    }
  }

  async close(): Promise<void> {
    const producer = this.#producer;
    this.#producer = null;
    await producer?.disconnect().catch(() => undefined);
  }

  async #connected(): Promise<Producer> {
    if (this.#producer !== null) return this.#producer;
    const producer = this.kafka.client(retry).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry,
    });
    this.#producer = producer;
    await producer.connect();
    return producer;
  }
}
