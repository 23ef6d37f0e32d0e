import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';

import type { Consumer, Messaging } from '../consumer-groups.js';
import { topicsTransport, type ConsumerDefinition } from './consume.decorators.js';
import { throughNest, wireConsumers, type WiredHandler } from './consumer-wiring.js';

const definitionIn = (extras: unknown): ConsumerDefinition | null =>
  typeof extras === 'object' && extras !== null && 'consumer' in extras
    ? (extras.consumer as ConsumerDefinition)
    : null;

/**
 * Nest transport over topics, on whichever engine: `app.connectMicroservice({ strategy: new TopicsTransport(messaging) })` serves the
 * methods decorated with `@ConsumeCases` and `@ConsumeBatch` of all modules in the process. Consumers start with
 * `startAllMicroservices()` and stop, their checkpoints written, when the application closes.
 */
export class TopicsTransport extends Server implements CustomTransportStrategy {
  override readonly transportId = topicsTransport;
  /** The consumer decides what a failure leads to, so Nest need not report it. */
  override readonly propagatesEventHandlerErrors = true;
  readonly #wired: WiredHandler[] = [];
  #consumers: Consumer[] = [];

  constructor(private readonly messaging: Messaging) {
    super();
  }

  /** Handlers of other transports' patterns are left alone. */
  override addHandler(
    _pattern: unknown,
    callback: MessageHandler<unknown, unknown, unknown>,
    _isEventHandler?: boolean,
    extras?: Record<string, unknown>,
  ): void {
    const definition = definitionIn(extras);
    if (definition !== null)
      this.#wired.push({ definition, call: throughNest((payload) => callback(payload)) });
  }

  listen(callback: (error?: unknown) => void): void {
    try {
      this.#consumers = wireConsumers(this.messaging, this.#wired);
      for (const consumer of this.#consumers) consumer.start();
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  async close(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.stop()));
    this.#consumers = [];
  }

  /** Topics have no events of their own to listen to. */
  on(): never {
    throw new Error('the topics transport has no events');
  }

  /** What stands behind the transport. */
  unwrap<T>(): T {
    return this.messaging as T;
  }
}
