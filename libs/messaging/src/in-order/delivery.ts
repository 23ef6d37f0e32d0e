import { PoisonMessageError, TransientError, type PublicEvent } from '@city311/kernel';

import type { BatchHandler, CaseHandler, Outcome } from '../messaging.js';

export type Handler =
  | { readonly kind: 'cases'; readonly handle: CaseHandler }
  | { readonly kind: 'batches'; readonly handle: BatchHandler };

/** The two ways to a handler. A batch handler is never called while it is still at work. */
export interface Delivery {
  one(event: PublicEvent): Promise<Outcome>;
  /** Null where the handler takes single events only. */
  readonly many: BatchHandler | null;
}

export const createDelivery = (handler: Handler): Delivery => {
  if (handler.kind === 'cases') return { one: async (event) => handler.handle(event), many: null };
  let last: Promise<unknown> = Promise.resolve();
  const many: BatchHandler = (events) => {
    const turn = last.then(() => handler.handle(events));
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    many,
    one: async (event) => {
      await many([event]);
      return 'handled';
    },
  };
};

/** How often a failing batch is tried as a whole, before its events are tried one by one. */
export const batchAttempts = (error: unknown): number =>
  error instanceof PoisonMessageError ? 1 : error instanceof TransientError ? 3 : 2;
