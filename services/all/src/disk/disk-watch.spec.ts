import { afterEach, describe, expect, it } from '@jest/globals';

import { TransientError } from '@city311/kernel';

import { DiskWatch } from './disk-watch.js';

const megabyte = 1_048_576;

describe('The watch over the disk', () => {
  const watches: DiskWatch[] = [];
  afterEach(() => {
    for (const watch of watches.splice(0)) watch.stop();
  });
  const made = () => {
    const disk = { freeBytes: 100 * megabyte, takes: true };
    const told: string[] = [];
    const clock = { ms: 0 };
    const watch = new DiskWatch(
      {
        free: async () => disk.freeBytes,
        tryWriting: async () => {
          if (!disk.takes) throw Object.assign(new Error('i/o error, write'), { code: 'EIO' });
        },
      },
      (line) => told.push(line),
      () => clock.ms,
    );
    watches.push(watch);
    return { watch, disk, told, clock };
  };

  it('sees that room is short before anybody wrote, and that it is there again', async () => {
    const { watch, disk } = made();
    await watch.look();
    expect(watch.trouble()).toBeNull();
    disk.freeBytes = 0;
    await watch.look();
    expect(watch.trouble()).toMatch(/disk is full/);
    disk.freeBytes = 2 * megabyte;
    await watch.look();
    expect(watch.trouble()).toBeNull();
  });

  it.each([
    ['an append', new TransientError('nothing was written: database or disk is full')],
    [
      'the vault',
      new TransientError('the vault could not write', {
        cause: Object.assign(new Error('x'), { code: 'SQLITE_IOERR_WRITE' }),
      }),
    ],
    ['a file', Object.assign(new Error('no space left on device, write'), { code: 'ENOSPC' })],
    ['a log line', { group: 'g', reason: 'database or disk is full' }],
    ['several', { err: new AggregateError([new Error('disk I/O error')]) }],
  ])('believes a failed write of %s until a try has worked', async (_, error) => {
    const { watch, disk } = made();
    disk.takes = false;
    expect(watch.suspect(error)).toBe(true);
    await watch.look();
    expect(watch.trouble()).not.toBeNull();
    disk.takes = true;
    await watch.look();
    expect(watch.trouble()).toBeNull();
  });

  it('makes nothing of other errors', () => {
    const { watch } = made();
    for (const error of [new TransientError('no log writer'), new Error('defect'), null, 'x', { reason: 7 }])
      expect(watch.suspect(error)).toBe(false);
    expect(watch.trouble()).toBeNull();
  });

  it('tells it once a minute, however many writes fail, and that it is over', async () => {
    const { watch, disk, told, clock } = made();
    disk.freeBytes = 0;
    for (let second = 0; second < 150; second += 1) {
      clock.ms = second * 1_000;
      await watch.look();
      for (let write = 0; write < 100; write += 1) watch.suspect(new Error('database or disk is full'));
    }
    expect(told).toHaveLength(3);
    disk.freeBytes = 50 * megabyte;
    await watch.look();
    expect(told.at(-1)).toMatch(/again/);
  });
});
