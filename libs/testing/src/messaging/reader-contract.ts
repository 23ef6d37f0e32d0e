import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { Position } from '@city311/kernel';
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
      let position = after;
      const batches = member.reader.follow([fixture.topic], { after, batchSize: 4, signal: control.signal });
      for await (const batch of batches) {
        expect(batch.events.length).toBeLessThanOrEqual(4);
        labels.push(...batch.events.map(label));
        position = batch.position;
        if (labels.length >= count) control.abort();
      }
      return { labels, position };
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

    it('ends with an error rather than pass over what it cannot read', async () => {
      const member = await fixture.join();
      await fixture.publish(rounds(['A'], 1, 1));
      await fixture.publishUnreadable('A');
      await expect(read(member, 2)).rejects.toThrow('unknown event type');
    });
  });
};
