import { describe, expect, it } from '@jest/globals';

import { VersionConflictError } from '@city311/eventing';
import { streamName, TransientError } from '@city311/kernel';

import { RefusedWrites } from './refused-writes.js';

const refusal = new TransientError('no majority');
const log = 'the event store';

const open = () => {
  const clock = { ms: 0 };
  return { clock, writes: new RefusedWrites(() => clock.ms) };
};
const fail = (writes: RefusedWrites, times: number): void => {
  for (let n = 0; n < times; n += 1) writes.failed(log, refusal);
};

describe('Writes that an engine refuses', () => {
  it('are a trouble from the third in a row, until one works', () => {
    const { writes } = open();
    fail(writes, 2);
    expect(writes.troubles()).toEqual([]);
    fail(writes, 1);
    expect(writes.troubles()).toEqual(['the event store takes nothing: no majority']);
    writes.worked(log);
    expect(writes.troubles()).toEqual([]);
  });

  it('are none where others work in between: an engine that has much to do', () => {
    const { writes } = open();
    for (let n = 0; n < 100; n += 1) {
      fail(writes, 2);
      writes.worked(log);
      expect(writes.troubles()).toEqual([]);
    }
  });

  it('are forgotten after a while, so that somebody tries', () => {
    const { clock, writes } = open();
    fail(writes, 100);
    clock.ms = 9_999;
    expect(writes.troubles()).toHaveLength(1);
    clock.ms = 10_001;
    expect(writes.troubles()).toEqual([]);
    fail(writes, 1);
    expect(writes.troubles()).toEqual([]);
  });

  it('are not what a caller did wrong, and one engine says nothing of another', () => {
    const { writes } = open();
    const conflict = new VersionConflictError(streamName('a.b', 'c'), 1, 2);
    for (let n = 0; n < 9; n += 1) writes.failed(log, conflict);
    expect(writes.troubles()).toEqual([]);
    fail(writes, 3);
    writes.worked('the vault');
    expect(writes.troubles()).toHaveLength(1);
  });
});
