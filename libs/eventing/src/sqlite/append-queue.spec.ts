import { setImmediate as nextTurn } from 'node:timers/promises';

import { describe, expect, it } from '@jest/globals';

import { AppendQueue, type PendingAppend } from './append-queue.js';
import type { BatchResult } from './writer-protocol.js';

const limits = { maxAppends: 3, maxChars: 1_000, maxBatchAppends: 10, timeoutMs: 1_000 };

const pending = (chars: number, ended: string[] = []): PendingAppend => ({
  append: { stream: 's', category: 'c', expected: -2, texts: ['m', 'd'], retried: false },
  chars,
  count: 1,
  placed: () => [],
  settle: ({ outcome }) => ended.push(outcome),
  fail: ({ message }) => ended.push(message),
});

const answers: Readonly<Record<string, BatchResult>> = {
  'is written': { outcome: 'committed', results: [{ outcome: 'written', revision: 0, position: 1 }] },
  'was written before': {
    outcome: 'committed',
    results: [{ outcome: 'already-written', revision: 0, position: 1 }],
  },
  'meets a conflict': { outcome: 'committed', results: [{ outcome: 'conflict', actual: 4 }] },
  'fails alone': { outcome: 'committed', results: [{ outcome: 'failed', reason: 'no room' }] },
  'fails with its batch': { outcome: 'failed', reason: 'no room' },
  'meets a writer without lease': { outcome: 'fenced', reason: 'another' },
};

const queueOf = (onFenced = (): void => undefined): AppendQueue =>
  new AppendQueue(limits, () => undefined, onFenced);

/** Takes as much as at first: so many appends, so many characters. */
const expectRoomIn = (queue: AppendQueue): void => {
  queue.use(null);
  for (let n = 0; n < limits.maxAppends; n += 1) queue.add(pending(limits.maxChars / limits.maxAppends));
  expect(() => {
    queue.add(pending(1));
  }).toThrow('takes no more');
};

describe('The queue of appends', () => {
  it('refuses what comes when as many appends wait as it may hold, or as many characters', () => {
    const queue = queueOf();
    queue.add(pending(limits.maxChars - 1));
    queue.add(pending(5));
    expect(() => {
      queue.add(pending(1));
    }).toThrow('takes no more');
  });

  it.each(Object.entries(answers))('has the room of an append again once it %s', async (_, answer) => {
    const queue = queueOf();
    const ended: string[] = [];
    queue.use({ write: async () => answer });
    queue.add(pending(limits.maxChars, ended));
    await queue.drained();
    expect(ended).toHaveLength(1);
    expectRoomIn(queue);
  });

  it('has the room of an append again once its time is up', () => {
    const queue = queueOf();
    const ended: string[] = [];
    queue.add(pending(limits.maxChars, ended));
    queue.expire(Date.now() + limits.timeoutMs + 1);
    expect(ended).toEqual(['no log writer: nothing was written']);
    expectRoomIn(queue);
  });

  it('gives the room back once where the answer comes after the time was up', async () => {
    const queue = queueOf();
    const ended: string[] = [];
    const answer = Promise.withResolvers<BatchResult>();
    queue.use({ write: () => answer.promise });
    queue.add(pending(limits.maxChars, ended));
    await nextTurn();
    queue.use(null);
    queue.expire(Date.now() + limits.timeoutMs + 1);
    answer.resolve({ outcome: 'committed', results: [{ outcome: 'written', revision: 0, position: 1 }] });
    await nextTurn();
    expect(ended).toEqual(['no answer from the log writer: the append may stand']);
    expectRoomIn(queue);
  });

  it('tells of a writer without lease, and of nothing else', async () => {
    for (const [name, answer] of Object.entries(answers)) {
      const fenced: string[] = [];
      const queue = queueOf(() => fenced.push(name));
      queue.use({ write: async () => answer });
      queue.add(pending(1));
      await queue.drained();
      await nextTurn();
      expect(fenced).toEqual(answer.outcome === 'fenced' ? [name] : []);
    }
  });
});
