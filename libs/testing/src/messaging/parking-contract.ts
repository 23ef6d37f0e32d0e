import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { PoisonMessageError, TransientError } from '@city311/kernel';
import type { ConsumerSettings, Messaging } from '@city311/messaging';

import { changed, group, label, ofCase, rounds, settingsFor, type MessagingFixture } from './fixture.js';
import { until } from './until.js';

export const describeParking = (make: () => Promise<MessagingFixture>): void => {
  describe('parking', () => {
    let fixture: MessagingFixture;
    let settings: ConsumerSettings;
    let seen: string[];
    /** What happens to an event: nothing here means that it is handled. */
    let faults: Map<string, () => Promise<never>>;
    const fail = (error: Error) => (): Promise<never> => Promise.reject(error);
    const start = async (): Promise<Messaging> => {
      const member = await fixture.join();
      member
        .consumeCases(settings, async (event) => {
          await faults.get(label(event))?.();
          seen.push(label(event));
          return 'handled';
        })
        .start();
      return member;
    };
    const parkedCount = async (member: Messaging): Promise<number> =>
      (await member.parked.count()).get(group) ?? 0;
    const parkedReasons = async (member: Messaging): Promise<string[]> =>
      (await member.parked.list({ group })).map(({ reason }) => reason);

    beforeEach(async () => {
      fixture = await make();
      settings = settingsFor(fixture);
      seen = [];
      faults = new Map();
    });
    afterEach(() => fixture.close());

    it('parks a poison message at once, its case behind it, and others go on', async () => {
      let tries = 0;
      faults.set('A2', () => {
        tries += 1;
        throw new PoisonMessageError('no such place', { cause: new Error('grid') });
      });
      await fixture.publish(rounds(['A', 'B'], 1, 3));
      const member = await start();
      await fixture.publish(rounds(['A', 'B'], 4, 4));
      await until(async () => seen.includes('B4') && (await parkedCount(member)) === 3);
      expect(seen.toSorted()).toEqual(['A1', 'B1', 'B2', 'B3', 'B4']);
      expect(tries).toBe(1);
      const [head, ...behind] = await member.parked.list({ group, caseNumber: 'A' });
      expect(head).toMatchObject({
        group,
        topic: fixture.topic,
        caseNumber: 'A',
        type: changed,
        attempts: 1,
      });
      expect(head?.reason).toContain('no such place');
      expect(head?.reason).toContain('grid');
      expect(behind.map(({ reason }) => reason)).toEqual(['queued-behind', 'queued-behind']);
      const shown = await member.parked.show(group, head?.eventId ?? '');
      expect(shown?.event).toMatchObject({ subject: 'A', type: changed, data: 2 });
      expect(await member.parked.show(group, 'no-such-event')).toBeNull();
    });

    it('parks what the handler answers to park', async () => {
      await fixture.publish(rounds(['A', 'B'], 1, 1));
      const member = await fixture.join();
      member
        .consumeCases(settings, async (event) =>
          event.subject === 'A' ? { park: 'a person must look' } : 'handled',
        )
        .start();
      await until(async () => (await parkedCount(member)) === 1);
      expect(await parkedReasons(member)).toEqual(['a person must look']);
    });

    it.each([
      ['a transient error', new TransientError('away')],
      ['a defect', new TypeError('undefined is not a function')],
    ])('parks a case after as many attempts as it may have when it always meets %s', async (_what, error) => {
      let tries = 0;
      faults.set('A1', () => {
        tries += 1;
        throw error;
      });
      await fixture.publish(rounds(['A', 'B'], 1, 2));
      const member = await start();
      await until(async () => (await parkedCount(member)) === 2 && seen.length === 2);
      expect(tries).toBe(3);
      expect((await member.parked.list({ group }))[0]).toMatchObject({ attempts: 3 });
      expect(seen).toEqual(['B1', 'B2']);
    });

    it('loses nothing when the handler always fails, whatever comes', async () => {
      const cases = Array.from({ length: 40 }, (_, n) => `case${n}-`);
      await fixture.publish(rounds(cases, 1, 3));
      const member = await fixture.join();
      member.consumeCases({ ...settings, maxAttempts: 2 }, fail(new Error('broken'))).start();
      await until(async () => (await parkedCount(member)) === 120);
      expect(await member.parked.list({ group, limit: 50 })).toHaveLength(50);
    });

    it('keeps a case parked when its consumer is replaced', async () => {
      faults.set('A1', fail(new PoisonMessageError('no')));
      await fixture.publish(rounds(['A'], 1, 2));
      const first = await start();
      await until(async () => (await parkedCount(first)) === 2);
      await fixture.kill(first);
      faults.clear();
      const second = await start();
      await fixture.publish(rounds(['A', 'B'], 3, 3));
      await until(async () => seen.includes('B3') && (await parkedCount(second)) === 3);
      expect(seen).toEqual(['B3']);
    });

    it('sends a case again in order, what came meanwhile after it, and then lets it flow', async () => {
      faults.set('A1', fail(new PoisonMessageError('no')));
      await fixture.publish(rounds(['A', 'B'], 1, 3));
      const member = await start();
      await until(async () => seen.length === 3 && (await parkedCount(member)) === 3);
      faults.clear();
      expect(await member.parked.resend(group, 'A')).toBe(3);
      await fixture.publish(rounds(['A'], 4, 5));
      await until(
        () => ofCase(seen, 'A').length === 5,
        () => seen,
      );
      await fixture.publish(rounds(['A'], 6, 6));
      await until(() => ofCase(seen, 'A').length === 6);
      expect(ofCase(seen, 'A')).toEqual(['A1', 'A2', 'A3', 'A4', 'A5', 'A6']);
      expect(await parkedCount(member)).toBe(0);
    });

    it('parks a case again with the new reason where sending again fails', async () => {
      faults.set('A1', fail(new PoisonMessageError('the first reason')));
      faults.set('A2', fail(new PoisonMessageError('the second reason')));
      await fixture.publish(rounds(['A'], 1, 3));
      const member = await start();
      await until(async () => (await parkedCount(member)) === 3);
      faults.delete('A1');
      await member.parked.resend(group, 'A');
      await until(async () => (await parkedReasons(member))[0]?.includes('the second reason') === true);
      expect(seen).toEqual(['A1']);
      expect(await parkedCount(member)).toBe(2);
      faults.delete('A2');
      await member.parked.resend(group);
      await until(async () => (await parkedCount(member)) === 0);
      expect(seen).toEqual(['A1', 'A2', 'A3']);
    });

    it('sends again every case of a group, and only those that stand parked', async () => {
      const cases = Array.from({ length: 30 }, (_, n) => `case${n}-`);
      for (const caseNumber of cases) faults.set(`${caseNumber}1`, fail(new PoisonMessageError('no')));
      await fixture.publish(rounds(cases, 1, 2));
      const member = await start();
      await until(async () => (await parkedCount(member)) === 60);
      faults.clear();
      expect(await member.parked.resend('another.group')).toBe(0);
      expect(await member.parked.resend(group)).toBe(60);
      await until(
        () => seen.length === 60,
        () => seen.length,
      );
      for (const caseNumber of cases)
        expect(ofCase(seen, caseNumber)).toEqual([`${caseNumber}1`, `${caseNumber}2`]);
    });

    it('sends again what another process asks for', async () => {
      faults.set('A1', fail(new PoisonMessageError('no')));
      await fixture.publish(rounds(['A'], 1, 2));
      const member = await start();
      await until(async () => (await parkedCount(member)) === 2);
      faults.clear();
      const console = await fixture.join();
      expect(await console.parked.resend(group, 'A')).toBe(2);
      await until(() => seen.length === 2);
      expect(seen).toEqual(['A1', 'A2']);
    });

    it('parks what cannot be read, goes on with other cases, and reads it once the program can', async () => {
      await fixture.publish(rounds(['A', 'B'], 1, 1));
      await fixture.publishUnreadable('A');
      await fixture.publish(rounds(['A', 'B'], 3, 3));
      const member = await start();
      await until(async () => seen.length === 3 && (await parkedCount(member)) === 2);
      expect(seen.toSorted()).toEqual(['A1', 'B1', 'B3']);
      const [head] = await member.parked.list({ group });
      expect(head?.reason).toContain('unreadable');
      const shown = await member.parked.show(group, head?.eventId ?? '');
      expect(shown?.event).toMatchObject({ subject: 'A', data: 2 });
      await member.parked.resend(group);
      await sleep(100);
      expect(await parkedCount(member)).toBe(2);
      fixture.learnToRead();
      await member.parked.resend(group);
      await until(async () => (await parkedCount(member)) === 0);
      expect(ofCase(seen, 'A')).toEqual(['A1', 'A2', 'A3']);
    });
  });
};
