import { describe, expect, it } from '@jest/globals';

import { PoisonMessageError, type PublicEvent } from '@city311/kernel';
import { newTestEvent } from '@city311/testing';

import { consumerDefaults } from '../consumer-groups.js';
import { CaseFlow, type CaseFlowOptions } from './case-flow.js';
import { createDelivery, type Handler } from './delivery.js';

interface Message {
  readonly event: PublicEvent;
  readonly slice: { pending: number };
}

const slice = { pending: 0 };
const message = (caseNumber: string, label: string): Message => ({
  slice,
  event: {
    ...newTestEvent(label, { subject: caseNumber }),
    ...{ stream: `s-${caseNumber}`, sequence: 0, recordedTime: '2026-01-05T08:00:00.000Z' },
  },
});
const labelOf = ({ event }: Message): unknown => event.data;

const flowOf = (handler: Handler, more: Partial<CaseFlowOptions<Message>> = {}) => {
  const handled: unknown[] = [];
  const parked: unknown[] = [];
  const flow = new CaseFlow<Message>({
    delivery: createDelivery(handler),
    settings: { ...consumerDefaults, topic: 't', group: 'g', types: [], retryDelayMs: 1, maxAttempts: 2 },
    caseOf: ({ event }) => event.subject,
    isReadable: () => true,
    eventOf: ({ event }) => event,
    park: (line) => void parked.push(...line.map(labelOf)),
    onRetry: () => undefined,
    onBatchFailed: () => undefined,
    onHandled: (one) => handled.push(labelOf(one)),
    stopping: new AbortController().signal,
    ...more,
  });
  return { flow, handled, parked };
};

const all = [message('A', 'a1'), message('B', 'b1'), message('A', 'a2')];
const isBad = ({ data }: PublicEvent): boolean => data === 'b1';

describe('The way of messages to their handler', () => {
  it('tells of each that was handled one by one, and of none that was parked', async () => {
    const { flow, handled, parked } = flowOf({
      kind: 'cases',
      handle: async (event) => (isBad(event) ? { park: 'no' } : 'handled'),
    });
    await flow.take(all);
    await flow.idle();
    expect(handled.sort()).toEqual(['a1', 'a2']);
    expect(parked).toEqual(['b1']);
  });

  it('tells of each that was handled in a batch', async () => {
    const { flow, handled } = flowOf({ kind: 'batches', handle: async () => undefined });
    await flow.take(all);
    await flow.idle();
    expect(handled).toEqual(['a1', 'b1', 'a2']);
  });

  it('tells once of each that was handled after its batch failed, and of none that was parked', async () => {
    const { flow, handled, parked } = flowOf({
      kind: 'batches',
      handle: async (events) => {
        if (events.some(isBad)) throw new PoisonMessageError('no');
      },
    });
    await flow.take(all);
    await flow.idle();
    expect(handled.sort()).toEqual(['a1', 'a2']);
    expect(parked).toEqual(['b1']);
    expect(slice.pending).toBe(0);
  });
});
