import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { PoisonMessageError, type PublicEvent } from '@city311/kernel';
import { findKafka, type ToPublish } from '@city311/testing';

import type { ConsumerSettings, Messaging } from '../consumer-groups.js';
import { kafkaMessagingFixture, type KafkaFixture } from './kafka-messaging.fixture.spec-support.js';

const server = await findKafka();
const group = 'test.faults.group';
const changed = 'test.Changed.v1';

const label = ({ subject, data }: PublicEvent): string => `${subject} ${String(data)}`;

const roundsOf = (cases: number, from: number, to: number): ToPublish[] => {
  const events: ToPublish[] = [];
  for (let n = from; n <= to; n += 1)
    for (let c = 0; c < cases; c += 1) events.push({ caseNumber: `case${c}`, type: changed, data: n });
  return events;
};

const until = async (holds: () => boolean | Promise<boolean>, withinMs: number): Promise<void> => {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`did not happen in ${withinMs} ms`);
    await sleep(10);
  }
};

/** Every event of every case, each for the first time after the one before it. */
const expectAllInOrder = (seen: readonly string[], cases: number, rounds: number): void => {
  const next = new Map<string, number>();
  for (const text of seen) {
    const [subject = '', n] = text.split(' ');
    const expected = next.get(subject) ?? 1;
    if (Number(n) > expected) throw new Error(`${text} came when ${subject} ${expected} was due`);
    if (Number(n) === expected) next.set(subject, expected + 1);
  }
  expect(next.size).toBe(cases);
  for (const [subject, n] of next) expect([subject, n]).toEqual([subject, rounds + 1]);
};

(server === null ? describe.skip : describe)('Kafka under faults', () => {
  let fixture: KafkaFixture;
  let settings: ConsumerSettings;
  let seen: string[];
  const start = async (
    handle = async (_event: PublicEvent): Promise<void> => undefined,
  ): Promise<Messaging> => {
    const member = await fixture.join();
    member
      .consumeCases(settings, async (event) => {
        await handle(event);
        seen.push(label(event));
        return 'handled';
      })
      .start();
    return member;
  };
  const publishing = async (cases: number, rounds: number, pauseMs: number): Promise<void> => {
    for (let n = 1; n <= rounds; n += 1) {
      await fixture.publish(roundsOf(cases, n, n));
      await sleep(pauseMs);
    }
  };
  const parkedCount = async (member: Messaging): Promise<number> =>
    (await member.parked.count()).get(group) ?? 0;

  beforeEach(async () => {
    seen = [];
    fixture = await kafkaMessagingFixture(server?.brokers ?? [], { groups: [group], partitions: 4 });
    settings = {
      topic: fixture.topic,
      group,
      types: [changed],
      batchSize: 32,
      maxAttempts: 3,
      retryDelayMs: 10,
    };
  });
  afterEach(() => fixture.close(), 30_000);
  afterAll(() => server?.stop());

  it('loses nothing and keeps the order while members come and go', async () => {
    await start(() => sleep(1));
    const load = publishing(20, 40, 40);
    await sleep(400);
    const second = await start(() => sleep(1));
    await sleep(700);
    const third = await start(() => sleep(1));
    await second.close();
    await sleep(400);
    await third.close();
    await load;
    await until(() => new Set(seen).size === 800, 20_000);
    expectAllInOrder(seen, 20, 40);
    process.stdout.write(`members came and went: ${seen.length - 800} of 800 events came again\n`);
  }, 60_000);

  const { restart } = server ?? {};
  (restart === undefined ? it.skip : it)(
    'goes on by itself after the broker was killed and started again under load',
    async () => {
      await start();
      await start();
      const load = publishing(20, 40, 50);
      await until(() => seen.length > 100, 10_000);
      await restart?.();
      const back = performance.now();
      await load;
      await until(() => new Set(seen).size === 800, 40_000);
      expectAllInOrder(seen, 20, 40);
      process.stdout.write(
        `broker killed: all handled ${Math.round(performance.now() - back)} ms after it was back, ` +
          `${seen.length - 800} of 800 events came again\n`,
      );
    },
    120_000,
  );

  it('is not disturbed by a member that is frozen and thaws after its place was taken', async () => {
    const frozen = await start(() => sleep(1));
    await start(() => sleep(1));
    const load = publishing(20, 40, 50);
    await until(() => seen.length > 100, 10_000);
    await fixture.networkOf(frozen).hold(() => sleep(2_500));
    await load;
    await until(() => new Set(seen).size === 800, 20_000);
    expectAllInOrder(seen, 20, 40);
  }, 60_000);

  it('stops within seconds while the broker is away', async () => {
    const member = await start(() => sleep(1));
    await fixture.publish(roundsOf(4, 1, 5));
    await until(() => seen.length > 3, 10_000);
    fixture.networkOf(member).cut();
    const before = performance.now();
    await member.close();
    process.stdout.write(`stopped without a broker in ${Math.round(performance.now() - before)} ms\n`);
  }, 30_000);

  it('keeps a case parked while its partition goes from member to member', async () => {
    let isBroken = true;
    const handle = async ({ subject, data }: PublicEvent): Promise<void> => {
      if (isBroken && subject === 'case3' && data === 2) throw new PoisonMessageError('no such place');
    };
    const first = await start(handle);
    await fixture.publish(roundsOf(8, 1, 3));
    await until(async () => seen.length === 22 && (await parkedCount(first)) === 2, 10_000);
    const second = await start(handle);
    await fixture.publish(roundsOf(8, 4, 4));
    await until(async () => seen.length >= 29 && (await parkedCount(second)) === 3, 10_000);
    await first.close();
    await fixture.publish(roundsOf(8, 5, 5));
    await until(async () => (await parkedCount(second)) === 4, 10_000);
    isBroken = false;
    expect(await second.parked.resend(group)).toBe(4);
    await fixture.publish(roundsOf(8, 6, 6));
    await until(async () => new Set(seen).size === 48 && (await parkedCount(second)) === 0, 10_000);
    expectAllInOrder(seen, 8, 6);
  }, 60_000);

  it('parks what another producer wrote wrongly, and shows it', async () => {
    const producer = fixture.kafka.producer();
    await producer.connect();
    await producer.send({
      topic: fixture.topic,
      messages: [
        { key: 'x', value: 'not json' },
        { key: null, value: null },
        { key: 'y', value: '{}', headers: { ce_specversion: '1.0', ce_type: changed, ce_id: 'y-1' } },
        { key: 'y', value: Buffer.from([0xff, 0x00, 0xfe]), headers: { ce_type: Buffer.from([0xff]) } },
      ],
    });
    await producer.disconnect();
    await fixture.publish(roundsOf(4, 1, 1));
    const member = await start();
    await until(async () => seen.length === 4 && (await parkedCount(member)) === 4, 10_000);
    const parked = await member.parked.list({ group });
    expect(parked.map(({ caseNumber }) => caseNumber).toSorted()).toEqual(['', 'x', 'y', 'y']);
    expect(parked.find(({ caseNumber }) => caseNumber === 'x')?.reason).toContain('ce_id: is missing');
    const shown = await member.parked.show(group, 'y-1');
    expect(shown?.event).toMatchObject({ id: 'y-1', type: changed, subject: 'y', data: {} });
    await until(async () => (await member.groups())[0]?.lag === 0, 5_000);
  }, 30_000);

  it('drops what a relay that was replaced sends again', async () => {
    const member = await start();
    await fixture.publish(roundsOf(4, 1, 5));
    await until(() => seen.length === 20, 10_000);
    await fixture.repeat();
    await fixture.publish(roundsOf(4, 6, 6));
    await until(() => seen.includes('case0 6') && seen.includes('case3 6'), 10_000);
    expect(seen).toHaveLength(24);
    await until(async () => (await member.groups())[0]?.lag === 0, 5_000);
  }, 30_000);

  it('stops taking from the broker while its handler is slow, and takes nothing twice for it', async () => {
    const gate = Promise.withResolvers<void>();
    let handled = 0;
    settings = { ...settings, batchSize: 4 };
    await start(async () => {
      handled += 1;
      await gate.promise;
    });
    await fixture.publish(roundsOf(100, 1, 5));
    await sleep(3_000);
    // Four batches are in hand, of which each case has one under way.
    expect(handled).toBeLessThanOrEqual(24);
    gate.resolve();
    await until(() => seen.length >= 500, 20_000);
    expect(seen).toHaveLength(500);
    expectAllInOrder(seen, 100, 5);
  }, 60_000);
});
