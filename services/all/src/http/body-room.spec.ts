import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { BodyRoom } from './body-room.js';

const small = 1_000;
const large = 100_000;
const room = 400_000;

describe('Room for bodies', () => {
  it('is never given out twice, whatever comes and goes, and everybody gets some', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: room }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(sizes, async (bodies) => {
        const bodyRoom = new BodyRoom(room, 10_000);
        let most = 0;
        await Promise.all(
          bodies.map(async (bytes) => {
            await bodyRoom.take(bytes);
            most = Math.max(most, bodyRoom.taken);
            await Promise.resolve();
            bodyRoom.giveBack(bytes);
          }),
        );
        expect(bodyRoom.taken).toBe(0);
        expect(most).toBeLessThanOrEqual(2 * room);
      }),
    );
  });

  it('lets small ones in while large ones wait, and those in their order', async () => {
    const bodyRoom = new BodyRoom(room, 10_000);
    const entered: string[] = [];
    for (let at = 0; at < 4; at += 1) await bodyRoom.take(large);
    const waiting = ['first', 'second'].map(async (name) => {
      await bodyRoom.take(large);
      entered.push(name);
    });
    await bodyRoom.take(small);
    expect(entered).toEqual([]);
    bodyRoom.giveBack(small);
    bodyRoom.giveBack(2 * large);
    await Promise.all(waiting);
    expect(entered).toEqual(['first', 'second']);
  });

  it('is not waited for without end: 503, and nothing is kept for who has gone', async () => {
    const bodyRoom = new BodyRoom(room, 20);
    await bodyRoom.take(room);
    await expect(bodyRoom.take(large)).rejects.toMatchObject({ problem: { status: 503 } });
    bodyRoom.giveBack(room);
    expect(bodyRoom.taken).toBe(0);
  });

  it('has a place for one that is larger than all of it', async () => {
    const bodyRoom = new BodyRoom(room, 20);
    await bodyRoom.take(3 * room);
    bodyRoom.giveBack(3 * room);
    expect(bodyRoom.taken).toBe(0);
  });
});
