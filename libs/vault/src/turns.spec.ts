import { describe, expect, it } from '@jest/globals';

import { Turns } from './turns.js';

const busyFor = (ms: number): void => {
  for (const until = performance.now() + ms; performance.now() < until;);
};
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Pieces of work that take turns', () => {
  it('all get done, in order, over several turns of the event loop, however many were asked for at once', async () => {
    const turns = new Turns(2);
    const done: number[] = [];
    const piece = async (index: number): Promise<void> => {
      await turns.next();
      busyFor(1);
      done.push(index);
    };
    const all = Promise.all(Array.from({ length: 40 }, (_, index) => piece(index)));
    let between = 0;
    while (done.length < 40) {
      const before = done.length;
      await nextTurn();
      // Two of 1 ms fit into a share, a third begins before it is over.
      expect(done.length - before).toBeLessThanOrEqual(4);
      between += 1;
    }
    await all;
    expect(done).toEqual(Array.from({ length: 40 }, (_, index) => index));
    expect(between).toBeGreaterThanOrEqual(10);
  });

  it('wait for nothing while there is little to do', async () => {
    const turns = new Turns();
    let isLater = false;
    setImmediate(() => {
      isLater = true;
    });
    for (let index = 0; index < 100; index += 1) await turns.next();
    expect(isLater).toBe(false);
  });
});
