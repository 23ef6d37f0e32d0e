import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { Position, PublicEvent } from '@city311/kernel';
import type { Messaging } from '@city311/messaging';

import { label, rounds, unwanted, type MessagingFixture } from './fixture.js';

export const describeReader = (make: () => Promise<MessagingFixture>): void => {
  describe('a reader without a group', () => {
    let fixture: MessagingFixture;
    beforeEach(async () => {
      fixture = await make();
    });
    afterEach(() => fixture.close());

    const read = async (member: Messaging, count: number, after: Position | null = null) => {
      const control = new AbortController();
      const labels: string[] = [];
      const events: PublicEvent[] = [];
      const faults: (readonly [PublicEvent, unknown])[] = [];
      let position = after;
      const batches = member.reader.follow([fixture.topic], { after, batchSize: 4, signal: control.signal });
      for await (const batch of batches) {
        expect(batch.events.length).toBeLessThanOrEqual(4);
        labels.push(...batch.events.map(label));
        events.push(...batch.events);
        faults.push(...(batch.unreadable ?? []));
        position = batch.position;
        if (labels.length >= count) control.abort();
      }
      return { labels, position, events, faults };
    };

    it('sees every event of the topic in order and goes on from where it was', async () => {
      const member = await fixture.join();
      await fixture.publish([...rounds(['A', 'B'], 1, 3), { caseNumber: 'A', type: unwanted, data: 4 }]);
      const first = await read(member, 7);
      expect(first.labels.filter((text) => text.startsWith('A'))).toEqual(['A1', 'A2', 'A3', 'A4']);
      expect(first.labels).toHaveLength(7);
      await fixture.publish(rounds(['A'], 5, 6));
      expect((await read(member, 2, first.position)).labels).toEqual(['A5', 'A6']);
    });

    it('knows how far the topics have got', async () => {
      const member = await fixture.join();
      expect(await member.reader.head()).toBeNull();
      await fixture.publish(rounds(['A'], 1, 2));
      const head = await member.reader.head();
      expect((await read(member, 2)).position).toBe(head);
    });

    it('names what it cannot read, in its place, and goes on', async () => {
      const member = await fixture.join();
      await fixture.publish(rounds(['A'], 1, 1));
      await fixture.publishUnreadable('A');
      await fixture.publish(rounds(['B'], 1, 1));
      const { events, faults } = await read(member, 3);
      expect(events.map(({ subject }) => subject)).toEqual(['A', 'A', 'B']);
      const [[event, error] = []] = faults;
      expect(faults).toHaveLength(1);
      expect(event).toBe(events[1]);
      expect(String(error)).toContain('unknown event type');
    });

    it('reads one event again, where it can', async () => {
      const member = await fixture.join();
      await fixture.publish(rounds(['A'], 1, 1));
      await fixture.publishUnreadable('A');
      const [sound, unsound] = (await read(member, 2)).events;
      if (sound === undefined || unsound === undefined) throw new Error('nothing was read');
      expect(await member.reader.reread?.(sound)).toEqual(sound);
      await expect(member.reader.reread?.(unsound)).rejects.toThrow('unknown event type');
    });
  });
};
