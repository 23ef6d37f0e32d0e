import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { PublicEvent } from '@city311/kernel';
import { openSqliteViewStore, runView, type ViewRunner, type ViewStore } from '@city311/read-models';
import { findKafka, sampleEvent, sampleProjection, type SampleDoc } from '@city311/testing';

import type { Messaging } from '../consumer-groups.js';
import { encodeMessage } from './binding.js';
import { kafkaMessagingFixture, type KafkaFixture } from './kafka-messaging.fixture.spec-support.js';

const server = await findKafka();

(server === null ? describe.skip : describe)('Views over Kafka', () => {
  let fixture: KafkaFixture;
  let member: Messaging;
  let folder: string;
  let store: ViewStore;
  let runner: ViewRunner<SampleDoc>;

  const publish = async (events: readonly PublicEvent[]): Promise<void> => {
    const producer = fixture.kafka.producer();
    await producer.connect();
    const messages = events
      .map(encodeMessage)
      .map(({ key, value, headers }) => ({ key, value, headers: { ...headers } }));
    for (let at = 0; at < messages.length; at += 1_000)
      await producer.send({ topic: fixture.topic, messages: messages.slice(at, at + 1_000) });
    await producer.disconnect();
  };
  const cases = (from: number, to: number): PublicEvent[] =>
    Array.from({ length: to - from }, (_, n) => sampleEvent('opened', `c${from + n}`, 0, { title: `${n}` }));
  const caughtUp = async (): Promise<boolean> => {
    const head = await member.reader.head();
    return head === null || runner.view.caughtUp(head, 10_000);
  };
  const count = async (): Promise<number> =>
    (await runner.view.count({})).reduce((sum, one) => sum + one.count, 0);

  beforeEach(async () => {
    fixture = await kafkaMessagingFixture(server?.brokers ?? [], { partitions: 4 });
    member = await fixture.join();
    folder = await mkdtemp(join(tmpdir(), 'views-'));
    store = openSqliteViewStore({ folder });
    const topics = [fixture.topic];
    runner = await runView({ store, projection: sampleProjection(), reader: member.reader, topics });
  });
  afterEach(async () => {
    await runner.stop();
    await store.close();
    await fixture.close();
    await rm(folder, { recursive: true });
  }, 30_000);
  afterAll(() => server?.stop());

  it('see what was published, and know when', async () => {
    await publish(cases(0, 50));
    expect(await caughtUp()).toBe(true);
    expect(await count()).toBe(50);
    const before = performance.now();
    await publish(cases(50, 51));
    expect(await caughtUp()).toBe(true);
    process.stdout.write(`one event seen by a view ${Math.round(performance.now() - before)} ms after\n`);
    expect(await count()).toBe(51);
  }, 30_000);

  it('are rebuilt while events come, and end without waiting', async () => {
    await publish(cases(0, 20_000));
    expect(await caughtUp()).toBe(true);
    const before = performance.now();
    const [{ events }] = await Promise.all([runner.rebuild(), publish(cases(20_000, 20_100))]);
    const tookMs = performance.now() - before;
    process.stdout.write(`a view rebuilt: ${events} events, ${Math.round((events / tookMs) * 1_000)}/s\n`);
    expect(events).toBeGreaterThanOrEqual(20_000);
    expect(await caughtUp()).toBe(true);
    expect(await count()).toBe(20_100);
  }, 60_000);
});
