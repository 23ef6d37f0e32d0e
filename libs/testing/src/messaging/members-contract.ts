import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { ConsumerSettings, Messaging } from '@city311/messaging';

import { changed, label, once, opened, rounds, settingsFor, type MessagingFixture } from './fixture.js';
import { until } from './until.js';

export const describeMembers = (make: () => Promise<MessagingFixture>): void => {
  describe('members of a group', () => {
    let fixture: MessagingFixture;
    let settings: ConsumerSettings;
    const start = async (
      seen: string[],
      before: (text: string) => Promise<void> = async () => undefined,
    ): Promise<Messaging> => {
      const member = await fixture.join();
      member
        .consumeCases(settings, async (event) => {
          await before(label(event));
          seen.push(label(event));
          return 'handled';
        })
        .start();
      return member;
    };

    let gate: PromiseWithResolvers<void>;
    beforeEach(async () => {
      fixture = await make();
      settings = settingsFor(fixture);
      gate = Promise.withResolvers<void>();
    });
    afterEach(async () => {
      gate.resolve();
      await fixture.close();
    });

    it('get each event once between them', async () => {
      const one: string[] = [];
      const two: string[] = [];
      await start(one);
      await start(two);
      await fixture.publish(rounds(['A', 'B'], 1, 5));
      await until(() => one.length + two.length >= 10);
      await sleep(50);
      expect([...one, ...two].toSorted()).toEqual(once([...one, ...two]).toSorted());
    });

    it('go on where the one before stopped', async () => {
      const one: string[] = [];
      const two: string[] = [];
      const first = await start(one);
      await fixture.publish(rounds(['A'], 1, 2));
      await until(() => one.length === 2);
      await start(two);
      await first.close();
      await fixture.publish(rounds(['A'], 3, 4));
      await until(() => two.length === 2);
      expect(two).toEqual(['A3', 'A4']);
    });

    it('take over from one that died', async () => {
      const one: string[] = [];
      const two: string[] = [];
      const first = await start(one);
      await fixture.publish(rounds(['A'], 1, 2));
      await until(() => one.length === 2);
      await start(two);
      await fixture.kill(first);
      await fixture.publish(rounds(['A'], 3, 4));
      await until(() => two.includes('A4'));
      expect(once([...one, ...two])).toEqual(['A1', 'A2', 'A3', 'A4']);
    });

    it('are not set back by one that lost its place without noticing', async () => {
      const zombie: string[] = [];
      const successor: string[] = [];
      let entered = false;
      const first = await start(zombie, async () => {
        entered = true;
        await gate.promise;
      });
      await fixture.publish([{ caseNumber: 'A', type: opened, data: 1 }]);
      await until(() => entered);
      await fixture.isolate(first);
      const second = await start(successor);
      await fixture.publish(rounds(['A', 'B'], 2, 4));
      await until(
        () => successor.length === 7,
        () => successor,
      );
      gate.resolve();
      await sleep(600);
      // The zombie has written nothing and has noticed: what comes now is the successor's alone.
      const before = zombie.length;
      await fixture.publish([{ caseNumber: 'C', type: changed, data: 1 }]);
      await until(() => successor.includes('C1'));
      await sleep(100);
      expect(zombie).toHaveLength(before);
      await second.close();
      const third: string[] = [];
      await start(third);
      await sleep(100);
      expect(third).toEqual([]);
    });

    it('may be asked for once in a process and for known topics only', async () => {
      const member = await fixture.join();
      member.consumeCases(settings, async () => 'handled');
      expect(() => member.consumeCases(settings, async () => 'handled')).toThrow(RangeError);
      expect(() =>
        member.consumeBatches({ ...settings, topic: 'no.such.topic' }, async () => undefined),
      ).toThrow(RangeError);
    });
  });
};
