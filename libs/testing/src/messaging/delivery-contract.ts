import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { TransientError } from '@city311/kernel';
import type { ConsumerSettings, Messaging } from '@city311/messaging';

import {
  group,
  label,
  ofCase,
  once,
  opened,
  rounds,
  settingsFor,
  unwanted,
  type MessagingFixture,
} from './fixture.js';
import { until } from './until.js';

export const describeDelivery = (make: () => Promise<MessagingFixture>): void => {
  describe('delivery', () => {
    let fixture: MessagingFixture;
    let settings: ConsumerSettings;
    let seen: string[];
    const join = (): Promise<Messaging> => fixture.join();
    const record = (member: Messaging): void =>
      member
        .consumeCases(settings, async (event) => {
          seen.push(label(event));
          return 'handled';
        })
        .start();

    beforeEach(async () => {
      fixture = await make();
      settings = settingsFor(fixture);
      seen = [];
    });
    afterEach(() => fixture.close());

    it('gives a consumer the types it wants, in order for each case, from the first event on', async () => {
      await fixture.publish([...rounds(['A', 'B'], 1, 3), { caseNumber: 'A', type: unwanted, data: 9 }]);
      record(await join());
      await fixture.publish(rounds(['A', 'B'], 4, 5));
      await until(() => seen.length >= 10);
      expect(ofCase(seen, 'A')).toEqual(['A1', 'A2', 'A3', 'A4', 'A5']);
      expect(ofCase(seen, 'B')).toEqual(['B1', 'B2', 'B3', 'B4', 'B5']);
    });

    it('counts a duplicate as done', async () => {
      await fixture.publish(rounds(['A'], 1, 2));
      const member = await join();
      member
        .consumeCases(settings, async (event) => {
          seen.push(label(event));
          return 'duplicate';
        })
        .start();
      await until(() => seen.length === 2);
      expect((await member.parked.count()).get(group) ?? 0).toBe(0);
    });

    it('handles cases side by side', async () => {
      await fixture.publish(rounds(['A', 'B', 'C'], 1, 1));
      let together = 0;
      let most = 0;
      (await join())
        .consumeCases(settings, async () => {
          together += 1;
          most = Math.max(most, together);
          await sleep(30);
          together -= 1;
          return 'handled';
        })
        .start();
      await until(() => most === 3);
    });

    it('retries one case in order while others go on', async () => {
      await fixture.publish(rounds(['A', 'B'], 1, 3));
      let failures = 0;
      (await join())
        .consumeCases({ ...settings, retryDelayMs: 60 }, async (event) => {
          if (label(event) === 'A1' && failures < 2) {
            failures += 1;
            throw new TransientError('not yet');
          }
          seen.push(label(event));
          return 'handled';
        })
        .start();
      await until(
        () => seen.length === 6,
        () => seen,
      );
      expect(seen.slice(0, 3)).toEqual(['B1', 'B2', 'B3']);
      expect(ofCase(seen, 'A')).toEqual(['A1', 'A2', 'A3']);
      expect(failures).toBe(2);
    });

    it('brings an event again whose effect was not finished when its consumer died', async () => {
      await fixture.publish(rounds(['A'], 1, 2));
      const first = await join();
      first
        .consumeCases(settings, async (event) => {
          seen.push(label(event));
          await sleep(60_000, undefined, { ref: false });
          return 'handled';
        })
        .start();
      await until(() => seen.length === 1);
      await sleep(300);
      await fixture.kill(first);
      record(await join());
      await until(
        () => seen.length >= 3,
        () => seen,
      );
      expect(seen).toEqual(['A1', 'A1', 'A2']);
    });

    it('misses nothing and keeps the order when consumers die one after the other', async () => {
      await fixture.publish(rounds(['A', 'B', 'C'], 1, 30));
      for (let life = 1; life <= 3; life += 1) {
        const member = await join();
        const before = seen.length;
        member
          .consumeCases(settings, async (event) => {
            await sleep(1);
            seen.push(label(event));
            return 'handled';
          })
          .start();
        await until(
          () => seen.length > before + 12,
          () => seen,
        );
        await fixture.kill(member);
      }
      record(await join());
      await until(
        () => once(seen).length === 90,
        () => seen.length,
      );
      for (const caseNumber of ['A', 'B', 'C']) {
        expect(once(ofCase(seen, caseNumber))).toEqual(
          rounds([caseNumber], 1, 30).map((e) => `${caseNumber}${String(e.data)}`),
        );
      }
    });

    it('delivers nothing twice after an orderly stop', async () => {
      await fixture.publish(rounds(['A'], 1, 5));
      const first = await join();
      record(first);
      await until(() => seen.length === 5);
      await first.close();
      await fixture.publish(rounds(['A'], 6, 6));
      record(await join());
      await until(() => seen.length >= 6);
      await sleep(50);
      expect(seen).toEqual(['A1', 'A2', 'A3', 'A4', 'A5', 'A6']);
    });

    it('finishes what is in hand when it stops', async () => {
      await fixture.publish([{ caseNumber: 'A', type: opened, data: 1 }]);
      const first = await join();
      let started = false;
      first
        .consumeCases(settings, async (event) => {
          started = true;
          await sleep(100);
          seen.push(label(event));
          return 'handled';
        })
        .start();
      await until(() => started);
      await first.close();
      expect(seen).toEqual(['A1']);
      record(await join());
      await sleep(100);
      expect(seen).toEqual(['A1']);
    });

    it('tells how far each group is behind', async () => {
      await fixture.publish(rounds(['A', 'B'], 1, 3));
      const member = await join();
      record(member);
      await until(async () => {
        const status = (await member.groups()).find((one) => one.group === group);
        return status !== undefined && status.position !== null && status.lag === 0;
      });
      const [status] = await member.groups();
      expect(status).toMatchObject({ group, topic: fixture.topic, lag: 0, parked: 0, active: true });
      await member.close();
      await fixture.publish(rounds(['A', 'B'], 4, 4));
      const other = await join();
      expect((await other.groups())[0]).toMatchObject({ lag: 2, active: false });
    });
  });
};
