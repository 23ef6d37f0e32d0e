import { isObservable, lastValueFrom } from 'rxjs';

import type { PublicEvent } from '@city311/kernel';

import type { Consumer, ConsumerSettings, Messaging } from '../consumer-groups.js';
import type { CaseHandler, Outcome } from '../messaging.js';
import { HandlerFailure, type ConsumerDefinition } from './consume.decorators.js';

/** Calls a handler through Nest's guards, interceptors and pipes; rejects with what the handler threw, itself. */
export type Call = (payload: unknown) => Promise<unknown>;

export interface WiredHandler {
  readonly definition: ConsumerDefinition;
  readonly call: Call;
}

export const throughNest =
  (handler: (payload: unknown) => Promise<unknown>): Call =>
  async (payload) => {
    const answer = await handler(payload);
    const result: unknown = isObservable(answer)
      ? await lastValueFrom(answer, { defaultValue: undefined })
      : answer;
    if (result instanceof HandlerFailure) throw result.error;
    return result;
  };

const toOutcome = (result: unknown): Outcome => {
  if (result === 'handled' || result === 'duplicate') return result;
  if (typeof result === 'object' && result !== null && 'park' in result && typeof result.park === 'string') {
    return { park: result.park };
  }
  throw new TypeError(`a consumer answered ${JSON.stringify(result)} instead of an outcome`);
};

/** One consumer of a group and topic from the methods declared for it. @throws RangeError  they cannot share one */
const wireGroup = (messaging: Messaging, handlers: readonly WiredHandler[]): Consumer => {
  const [first, ...others] = handlers;
  if (first === undefined) throw new RangeError('a group needs a handler');
  const { group, topic } = first.definition.settings;
  if (first.definition.kind === 'batches') {
    if (others.length > 0) throw new RangeError(`${group} on ${topic}: a batch handler must be the only one`);
    return messaging.consumeBatches(first.definition.settings, async (events) => {
      await first.call(events);
    });
  }
  const byType = new Map<string, Call>();
  let settings: ConsumerSettings = first.definition.settings;
  for (const { definition, call } of handlers) {
    if (definition.kind === 'batches')
      throw new RangeError(`${group} on ${topic}: a batch handler must be the only one`);
    for (const type of definition.settings.types) {
      if (byType.has(type)) throw new RangeError(`${group} on ${topic} handles ${type} twice`);
      byType.set(type, call);
    }
    settings = { ...settings, ...definition.settings };
  }
  const handle: CaseHandler = async (event: PublicEvent) => {
    const call = byType.get(event.type);
    return call === undefined ? 'handled' : toOutcome(await call(event));
  };
  return messaging.consumeCases({ ...settings, types: [...byType.keys()] }, handle);
};

export const wireConsumers = (messaging: Messaging, handlers: readonly WiredHandler[]): Consumer[] => {
  const groups = Map.groupBy(
    handlers,
    ({ definition: { settings } }) => `${settings.group} ${settings.topic}`,
  );
  return [...groups.values()].map((group) => wireGroup(messaging, group));
};
