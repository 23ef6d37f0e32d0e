import { setTimeout as pause } from 'node:timers/promises';

import { describe, expect, it } from '@jest/globals';

import { Gate, Lanes } from './lanes.js';

describe('Lanes', () => {
  it('runs no more tasks side by side than it has lanes, and all of them', async () => {
    const lanes = new Lanes(2);
    let [running, most, done] = [0, 0, 0];
    for (let task = 0; task < 7; task += 1) {
      await lanes.start(async () => {
        most = Math.max(most, (running += 1));
        await pause(2);
        running -= 1;
        done += 1;
      });
    }
    await lanes.idle();
    expect({ most, done }).toEqual({ most: 2, done: 7 });
  });

  it('hands on the first failure', async () => {
    const lanes = new Lanes(1);
    await lanes.start(() => Promise.reject(new Error('no')));
    await expect(lanes.idle()).rejects.toThrow('no');
  });

  it('tells of a failure while nobody starts or awaits a task', async () => {
    const lanes = new Lanes(2);
    await lanes.start(() => Promise.reject(new Error('no')));
    await expect(lanes.broken).rejects.toThrow('no');
  });
});

describe('Gate', () => {
  it('lets in what fits, and one entry that is larger than the limit', async () => {
    const gate = new Gate(3);
    await gate.enter(5);
    const entered: number[] = [];
    const waiting = gate.enter(2).then(() => entered.push(2));
    await pause(5);
    expect(entered).toEqual([]);
    gate.leave(5);
    await waiting;
    expect(gate.count).toBe(2);
  });
});
