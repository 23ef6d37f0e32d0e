import { describe, expect, it } from '@jest/globals';

import { TransientError } from '@city311/kernel';

import { InOneGo } from './in-one-go.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

const doubling = (options = {}) => {
  const goes: (readonly number[])[] = [];
  const letGo: (() => void)[] = [];
  const together = new InOneGo<number, number>(async (asks) => {
    goes.push(asks);
    await new Promise<void>((resolve) => letGo.push(resolve));
    if (asks.includes(13)) throw new Error('no');
    return asks.map((ask) => ask * 2);
  }, options);
  return { together, goes, next: () => letGo.shift()?.() };
};

describe('InOneGo', () => {
  it('carries what is asked for in one turn together, and what comes meanwhile in the next go', async () => {
    const { together, goes, next } = doubling();
    const first = Promise.all([together.ask(1), together.ask(2)]);
    await turn();
    const second = together.ask(3);
    const third = together.ask(4);
    await turn();
    expect(goes).toEqual([[1, 2]]);
    next();
    expect(await first).toEqual([2, 4]);
    next();
    expect(await Promise.all([second, third])).toEqual([6, 8]);
    expect(goes).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('lets as many goes run side by side as it is told, none larger than it is told', async () => {
    const { together, goes, next } = doubling({ atOnce: 2, most: 2 });
    const all = Promise.all([1, 2, 3, 4, 5].map((n) => together.ask(n)));
    await turn();
    expect(goes).toEqual([
      [1, 2],
      [3, 4],
    ]);
    next();
    next();
    await turn();
    next();
    expect(await all).toEqual([2, 4, 6, 8, 10]);
  });

  it('fails all of a go that failed, and carries on with the next', async () => {
    const { together, next } = doubling();
    const bad = Promise.allSettled([together.ask(13), together.ask(1)]);
    await turn();
    const good = together.ask(2);
    next();
    expect((await bad).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    next();
    expect(await good).toBe(4);
  });

  it('finishes on closing what it has, and takes nothing after that', async () => {
    const { together, next } = doubling();
    const last = together.ask(1);
    const closed = together.close();
    await turn();
    next();
    await closed;
    expect(await last).toBe(2);
    await expect(together.ask(2)).rejects.toThrow(TransientError);
  });
});
