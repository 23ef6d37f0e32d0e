import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { Position } from '@city311/kernel';
import type { HeldEvent, RelayCheckpoints } from '@city311/messaging/kafka';

export interface RelayCheckpointsFixture {
  /** The same checkpoints as two processes see them, with nothing in them. */
  readonly one: RelayCheckpoints;
  readonly two: RelayCheckpoints;
  close(): Promise<void>;
}

const at = (position: number): Position => String(position).padStart(8, '0') as Position;

const heldEvent = (sequence: number, more: Partial<HeldEvent> = {}): HeldEvent => ({
  subject: '260000001236',
  stream: 'test.case-260000001236',
  sequence,
  position: at(sequence),
  type: 'test.Changed.v1',
  reason: 'queued-behind',
  heldAt: '2026-11-22T12:00:00.000Z',
  ...more,
});

/** What every adapter of the RelayCheckpoints port must do. */
export const describeRelayCheckpointsContract = (
  name: string,
  make: () => Promise<RelayCheckpointsFixture>,
): void => {
  describe(`${name} as relay checkpoints`, () => {
    let fixture: RelayCheckpointsFixture;
    beforeEach(async () => {
      fixture = await make();
    });
    afterEach(() => fixture.close());

    it('has no place for a relay that never ran', async () => {
      expect(await fixture.one.load('cases')).toBeNull();
      expect(await fixture.one.held('cases')).toEqual([]);
      expect(await fixture.one.heldCounts()).toEqual(new Map());
    });

    it('gives back what was saved last, to every process, by name', async () => {
      const { one, two } = fixture;
      expect(await one.save('cases', at(5), 1)).toBe(true);
      expect(await one.save('cases', at(9), 1)).toBe(true);
      expect(await one.save('calls', at(2), 7)).toBe(true);
      expect(await two.load('cases')).toBe(at(9));
      expect(await two.load('calls')).toBe(at(2));
    });

    it('takes what the newest holder says, also where that lies further back', async () => {
      const { one, two } = fixture;
      await one.save('cases', at(9), 1);
      expect(await two.save('cases', at(5), 2)).toBe(true);
      expect(await one.load('cases')).toBe(at(5));
    });

    it('lets nobody with an older token move it, in either direction', async () => {
      const { one, two } = fixture;
      await one.save('cases', at(9), 2);
      expect(await two.save('cases', at(3), 1)).toBe(false);
      expect(await two.save('cases', at(12), 1)).toBe(false);
      expect(await one.load('cases')).toBe(at(9));
    });

    it('keeps the greatest token of writes that come together', async () => {
      const { one, two } = fixture;
      await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : two).save('cases', at(n), n + 1)),
      );
      expect(await one.load('cases')).toBe(at(19));
    });

    it('holds events and lists them in the order of the log', async () => {
      const { one, two } = fixture;
      const first = heldEvent(3, { reason: 'unknown event type test.Eaten.v1', type: 'test.Eaten.v1' });
      const other = heldEvent(0, { subject: '1', stream: 'test.case-1', position: at(10) });
      expect(await one.hold('cases', [heldEvent(11), other, first], 1)).toBe(true);
      expect(await two.held('cases')).toEqual([first, other, heldEvent(11)]);
      expect(await two.held('cases', { limit: 2 })).toEqual([first, other]);
      expect(await two.held('calls')).toEqual([]);
      expect(await two.heldCounts()).toEqual(new Map([['cases', 3]]));
    });

    it('holds an event once, with its first reason', async () => {
      const { one } = fixture;
      const first = heldEvent(3, { reason: 'unknown event type' });
      await one.hold('cases', [first], 1);
      await one.hold('cases', [heldEvent(3), heldEvent(4)], 1);
      expect(await one.held('cases')).toEqual([first, heldEvent(4)]);
    });

    it('lets events go, and is quiet about those that it does not hold', async () => {
      const { one, two } = fixture;
      await one.hold('cases', [heldEvent(3), heldEvent(4), heldEvent(5)], 1);
      expect(await one.release('cases', [heldEvent(3), heldEvent(4), heldEvent(99)], 1)).toBe(true);
      expect(await two.held('cases')).toEqual([heldEvent(5)]);
      expect(await one.release('cases', [heldEvent(5)], 1)).toBe(true);
      expect(await two.heldCounts()).toEqual(new Map());
    });

    it('lets nobody with an older token hold or let go', async () => {
      const { one, two } = fixture;
      await one.hold('cases', [heldEvent(3)], 2);
      expect(await two.hold('cases', [heldEvent(4)], 1)).toBe(false);
      expect(await two.release('cases', [heldEvent(3)], 1)).toBe(false);
      expect(await two.save('cases', at(12), 1)).toBe(false);
      expect(await one.held('cases')).toEqual([heldEvent(3)]);
      expect(await one.load('cases')).toBeNull();
    });

    it('counts who asks for another try, whoever relays', async () => {
      const { one, two } = fixture;
      expect(await one.timesAsked('cases')).toBe(0);
      await two.askAgain('cases');
      expect(await one.load('cases')).toBeNull();
      expect(await one.save('cases', at(5), 1)).toBe(true);
      await two.askAgain('cases');
      expect(await one.timesAsked('cases')).toBe(2);
      expect(await one.load('cases')).toBe(at(5));
      expect(await one.timesAsked('calls')).toBe(0);
    });

    it('holds more events than one write takes', async () => {
      const many = Array.from({ length: 1_200 }, (_, n) => heldEvent(n));
      expect(await fixture.one.hold('cases', many, 1)).toBe(true);
      expect(await fixture.two.held('cases')).toHaveLength(1_200);
    });
  });
};
