import { atMost, goodbyeMs } from './at-most.js';
import type { Admin, Kafka, Message, Producer, RecordMetadata } from 'kafkajs';

/** One administrator and one producer for all who need them; connected when first used, and anew after a failure. */
export class Clients {
  #admin: Promise<Admin> | null = null;
  #producer: Promise<Producer> | null = null;

  constructor(readonly kafka: Kafka) {}

  async administer<Result>(task: (admin: Admin) => Promise<Result>): Promise<Result> {
    const using = (this.#admin ??= connected(this.kafka.admin()));
    try {
      return await task(await using);
    } catch (error) {
      if (this.#admin === using) this.#admin = null;
      void gone(using);
      throw error;
    }
  }

  /** Resolves when every replica in sync has the messages. */
  async produce(topic: string, messages: readonly Message[]): Promise<readonly RecordMetadata[]> {
    const using = (this.#producer ??= connected(this.kafka.producer({ allowAutoTopicCreation: false })));
    try {
      return await (await using).send({ topic, messages: [...messages], acks: -1 });
    } catch (error) {
      if (this.#producer === using) this.#producer = null;
      void gone(using);
      throw error;
    }
  }

  async close(): Promise<void> {
    await atMost(goodbyeMs, Promise.all([gone(this.#admin), gone(this.#producer)]));
  }
}

const connected = async <Client extends { connect(): Promise<void> }>(client: Client): Promise<Client> => {
  await client.connect();
  return client;
};

const gone = async (client: Promise<{ disconnect(): Promise<void> }> | null): Promise<void> => {
  try {
    await (await client)?.disconnect();
  } catch {
    // It is away already.
  }
};
