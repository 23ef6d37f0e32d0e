import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { PoisonMessageError, TransientError, type PublicEvent } from '@city311/kernel';
import type { ConsumerSettings, Messaging } from '@city311/messaging';

import { group, label, ofCase, rounds, settingsFor, type MessagingFixture } from './fixture.js';
import { until } from './until.js';

export const describeBatches = (make: () => Promise<MessagingFixture>): void => {
  describe('batches', () => {
    let fixture: MessagingFixture;
    let settings: ConsumerSettings;
    let batches: string[][];
    const start = async (fault: (events: readonly PublicEvent[]) => void): Promise<Messaging> => {
      const member = await fixture.join();
      member
        .consumeBatches(settings, async (events) => {
          fault(events);
          batches.push(events.map(label));
        })
        .start();
      return member;
    };
    const labels = (): string[] => batches.flat();

    beforeEach(async () => {
      fixture = await make();
      settings = settingsFor(fixture);
      batches = [];
    });
    afterEach(() => fixture.close());

    it('hands over what stands ready as one batch, never above its size', async () => {
      await fixture.publish(rounds(['A', 'B'], 1, 20));
      await start(() => undefined);
      await until(() => labels().length === 40);
      expect(Math.max(...batches.map((batch) => batch.length))).toBe(16);
      expect(ofCase(labels(), 'A')).toEqual(rounds(['A'], 1, 20).map(({ data }) => `A${String(data)}`));
    });

    it('tries a batch again as a whole when the fault may pass', async () => {
      await fixture.publish(rounds(['A', 'B'], 1, 3));
      let failures = 0;
      await start(() => {
        if (failures < 2) {
          failures += 1;
          throw new TransientError('busy');
        }
      });
      await until(() => labels().length === 6);
      expect(batches.some((batch) => batch.length > 1)).toBe(true);
    });

    it('falls back to single events, so that only the guilty case is parked', async () => {
      await fixture.publish(rounds(['A', 'B', 'C'], 1, 4));
      const member = await start((events) => {
        if (events.some((event) => label(event) === 'B2')) throw new Error('cannot take B2');
      });
      await until(async () => labels().length === 9 && (await member.parked.count()).get(group) === 3);
      expect(ofCase(labels(), 'A')).toEqual(['A1', 'A2', 'A3', 'A4']);
      expect(ofCase(labels(), 'B')).toEqual(['B1']);
      expect(ofCase(labels(), 'C')).toEqual(['C1', 'C2', 'C3', 'C4']);
      expect((await member.parked.list({ group }))[0]?.reason).toContain('cannot take B2');
    });

    it('never calls the handler while it is at work', async () => {
      await fixture.publish(rounds(['A', 'B', 'C'], 1, 12));
      let atWork = 0;
      let most = 0;
      const member = await fixture.join();
      member
        .consumeBatches(settings, async (events) => {
          atWork += 1;
          most = Math.max(most, atWork);
          await new Promise((resolve) => setImmediate(resolve));
          atWork -= 1;
          if (events.some(({ subject }) => subject === 'B')) throw new PoisonMessageError('no B');
          batches.push(events.map(label));
        })
        .start();
      await until(() => labels().length === 24);
      expect(most).toBe(1);
    });

    it('keeps the order of a case with an unreadable event, and parks it from there on', async () => {
      await fixture.publish(rounds(['A', 'B'], 1, 1));
      await fixture.publishUnreadable('A');
      await fixture.publish(rounds(['A', 'B'], 3, 3));
      const member = await start(() => undefined);
      await until(async () => labels().length === 3 && (await member.parked.count()).get(group) === 2);
      expect(labels().toSorted()).toEqual(['A1', 'B1', 'B3']);
      fixture.learnToRead();
      await member.parked.resend(group);
      await until(() => labels().length === 5);
      expect(ofCase(labels(), 'A')).toEqual(['A1', 'A2', 'A3']);
    });
  });
};
