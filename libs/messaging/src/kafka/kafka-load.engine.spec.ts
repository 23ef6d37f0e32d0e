import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Message } from 'kafkajs';

import { parseEvent, topics } from '@city311/contracts';
import type { PublicEvent } from '@city311/kernel';
import { findKafka } from '@city311/testing';

import { encodeMessage, type ParseMessage } from './binding.js';
import { kafkaMessagingFixture, type KafkaFixture } from './kafka-messaging.fixture.spec-support.js';

const server = await findKafka();
const group = 'test.load.group';
const count = 20_000;
const cases = 2_000;

const sample = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../contracts/samples/intake.CaseRouted.v1.json'), 'utf8'),
) as PublicEvent;
const parse: ParseMessage = (_topic, message) => parseEvent(topics.case.name, message);

const messages = (): Message[] =>
  Array.from({ length: count }, (_, n) => {
    const subject = `26${String(n % cases).padStart(10, '0')}`;
    const data = { ...(sample.data as object), caseNumber: subject };
    const { key, value, headers } = encodeMessage({
      ...sample,
      id: `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`,
      subject,
      stream: `intake.case-${subject}`,
      sequence: Math.floor(n / cases),
      data,
    });
    return { key, value, headers: { ...headers } };
  });

const perSecond = (what: string, events: number, sinceMs: number): void => {
  const rate = Math.round((events / (performance.now() - sinceMs)) * 1_000);
  process.stdout.write(
    `${what}: ${events} events, ${rate}/s (Kafka ${server?.kind ?? ''}, checked by contracts)\n`,
  );
};

(server === null ? describe.skip : describe)('Kafka under load', () => {
  let fixture: KafkaFixture;
  beforeEach(async () => {
    fixture = await kafkaMessagingFixture(server?.brokers ?? [], { groups: [group], partitions: 4 });
    const producer = fixture.kafka.producer();
    await producer.connect();
    const all = messages();
    for (let at = 0; at < count; at += 1_000)
      await producer.send({ topic: fixture.topic, messages: all.slice(at, at + 1_000) });
    await producer.disconnect();
  }, 30_000);
  afterEach(() => fixture.close(), 30_000);
  afterAll(() => server?.stop());

  it('consumes in batches', async () => {
    const member = await fixture.joinWith({ parse });
    let seen = 0;
    let first = 0;
    member
      .consumeBatches(
        { topic: fixture.topic, group, types: [sample.type], batchSize: 500 },
        async (events) => {
          if (seen === 0) first = performance.now();
          seen += events.length;
        },
      )
      .start();
    while (seen < count) await sleep(5);
    perSecond('a group in batches', count, first);
    expect(seen).toBe(count);
  }, 30_000);

  it('is read by views', async () => {
    const member = await fixture.joinWith({ parse });
    const control = new AbortController();
    const options = { after: null, batchSize: 5_000, signal: control.signal };
    let seen = 0;
    let first = 0;
    for await (const { events } of member.reader.follow([fixture.topic], options)) {
      if (seen === 0) first = performance.now();
      seen += events.length;
      if (seen === count) {
        perSecond('a reader', count, first);
        control.abort();
      }
    }
    expect(seen).toBe(count);
  }, 30_000);
});
