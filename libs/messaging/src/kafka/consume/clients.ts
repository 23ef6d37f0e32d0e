import { setTimeout as sleep } from 'node:timers/promises';

import kafkajs, {
  Partitioners,
  type Admin,
  type Kafka,
  type Message,
  type Producer,
  type RecordMetadata,
} from 'kafkajs';

import { TransientError } from '@city311/kernel';

import { backoffMs } from '../../retry.js';
import { atMost, goodbyeMs } from './at-most.js';
import { TopicForgotten } from './offsets.js';

const tries = 5;
const firstRetryMs = 50;

/** One administrator and one producer for all who need them; connected when first used, and anew after a failure. */
export class Clients {
  readonly #admin: Shared<Admin>;
  readonly #producer: Shared<Producer>;

  constructor(readonly kafka: Kafka) {
    this.#admin = new Shared(() => kafka.admin());
    this.#producer = new Shared(() =>
      kafka.producer({
        allowAutoTopicCreation: false,
        createPartitioner: Partitioners.DefaultPartitioner,
      }),
    );
  }

  /**
   * The task may run more than once: while a coordinator is chosen or moves, Kafka refuses in ways that pass
   * by themselves, and the library's own retries leave out the offsets of a group.
   */
  async administer<Result>(task: (admin: Admin) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1)
      try {
        return await this.#admin.use(task);
      } catch (error) {
        if (attempt === tries || !passes(error)) throw error;
        await sleep(backoffMs(attempt, firstRetryMs), undefined, { ref: false });
      }
  }

  /** Resolves when every replica in sync has the messages. */
  produce(topic: string, messages: readonly Message[]): Promise<readonly RecordMetadata[]> {
    return this.#producer.use((producer) => producer.send({ topic, messages: [...messages], acks: -1 }));
  }

  async close(): Promise<void> {
    await atMost(goodbyeMs, Promise.all([this.#admin.close(), this.#producer.close()]));
  }
}

const passes = (error: unknown): boolean =>
  error instanceof TopicForgotten || (error instanceof kafkajs.KafkaJSProtocolError && error.retriable);

interface Client {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

interface Connected<Kind extends Client> {
  readonly client: Promise<Kind>;
  users: number;
}

/** After a failure the next user gets a new client; the old one says goodbye when its last user has gone. */
class Shared<Kind extends Client> {
  #current: Connected<Kind> | null = null;
  #closed = false;

  constructor(private readonly make: () => Kind) {}

  async use<Result>(task: (client: Kind) => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new TransientError('the connections to Kafka are closed');
    const using = (this.#current ??= { client: connected(this.make()), users: 0 });
    using.users += 1;
    try {
      return await task(await using.client);
    } catch (error) {
      if (!passes(error) && this.#current === using) this.#current = null;
      throw error;
    } finally {
      using.users -= 1;
      if (using.users === 0 && this.#current !== using) void gone(using.client);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const using = this.#current;
    this.#current = null;
    if (using !== null) await gone(using.client);
  }
}

const connected = async <Kind extends Client>(client: Kind): Promise<Kind> => {
  await client.connect();
  return client;
};

const gone = async (client: Promise<Client>): Promise<void> => {
  try {
    await (await client).disconnect();
  } catch {
    // It is away already.
  }
};
