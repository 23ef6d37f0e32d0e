import { EventPattern } from '@nestjs/microservices';

import type { PublicEvent } from '@city311/kernel';

import type { ConsumerSettings } from '../consumer-groups.js';
import type { Outcome } from '../messaging.js';

/** Transport of the decorated methods; every strategy that serves topics has it. */
export const topicsTransport = Symbol.for('city311.topics');

/** What a strategy finds in the extras of a handler. */
export interface ConsumerDefinition {
  readonly kind: 'cases' | 'batches';
  readonly settings: ConsumerSettings;
}

/** A handler's exception on its way around Nest's exception filters, which would replace it by a message. */
export class HandlerFailure {
  constructor(readonly error: unknown) {}
}

const keepFailures = (descriptor: PropertyDescriptor): void => {
  const method: unknown = descriptor.value;
  if (typeof method !== 'function') throw new TypeError('only methods consume');
  const wrapped = async function (this: unknown, payload: unknown): Promise<unknown> {
    try {
      return (await method.call(this, payload)) as unknown;
    } catch (error) {
      return new HandlerFailure(error);
    }
  };
  Object.defineProperty(wrapped, 'name', { value: method.name });
  for (const key of Reflect.getMetadataKeys(method) as unknown[])
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), wrapped);
  descriptor.value = wrapped;
};

const decorate =
  (definition: ConsumerDefinition) =>
  (target: object, key: string | symbol, descriptor: PropertyDescriptor): void => {
    keepFailures(descriptor);
    const { topic, group } = definition.settings;
    EventPattern({ topic, group }, topicsTransport, { consumer: definition })(target, key, descriptor);
  };

/**
 * The method handles one event at a time of each case, cases side by side: `(event) => Promise<Outcome>`, with the
 * errors of `CaseHandler`. Methods of the same group and topic share one consumer, each for its own types.
 */
export const ConsumeCases =
  (settings: ConsumerSettings) =>
  <Event extends PublicEvent>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<(event: Event) => Promise<Outcome>>,
  ): void =>
    decorate({ kind: 'cases', settings })(target, key, descriptor);

/** The method handles batches, all or nothing: `(events) => Promise<void>`, as `BatchHandler` says. The only one of its group and topic. */
export const ConsumeBatch =
  (settings: ConsumerSettings) =>
  <Event extends PublicEvent>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<(events: readonly Event[]) => Promise<void>>,
  ): void =>
    decorate({ kind: 'batches', settings })(target, key, descriptor);
