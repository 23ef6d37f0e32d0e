import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { streamName, type RecordedEvent } from '@city311/kernel';
import { findKafka, newTestEvent, until } from '@city311/testing';

import { openKafka } from '../connect/kafka-connection.js';
import {
  privateType,
  relayFixture,
  sequencesByCase,
  unknownType,
  upTo,
  type RelayFixture,
} from './relay.fixture.spec-support.js';

const server = await findKafka();
afterAll(() => server?.stop());

const brokers = server?.brokers ?? [];
const cases = upTo(12).map((n) => String(260_000_000_000 + n));

(server === null ? describe.skip : describe)('A relay', () => {
  let fixture: RelayFixture;
  beforeEach(async () => {
    fixture = await relayFixture(brokers);
  }, 20_000);
  afterEach(() => fixture.close(), 20_000);

  const distinct = (): number => Object.values(sequencesByCase(fixture.arrived)).flat().length;
  const untilArrived = (count: number, withinMs = 15_000): Promise<void> =>
    until(
      () => distinct() >= count,
      () => `${distinct()} of ${count}`,
      withinMs,
    );
  const everyCase = (count: number): Record<string, readonly number[]> =>
    Object.fromEntries(cases.map((subject) => [subject, upTo(count)]));

  it('brings every event to its topic, once and in the order of its case', async () => {
    for (let round = 0; round < 5; round += 1) await fixture.append(cases);
    const relay = fixture.relay();
    await untilArrived(60);
    for (let round = 0; round < 5; round += 1) await fixture.append(cases);
    await untilArrived(120);
    expect(fixture.arrived).toHaveLength(120);
    expect(sequencesByCase(fixture.arrived)).toEqual(everyCase(10));
    const [first] = fixture.arrived;
    const [stored] = await fixture.store.readStream(streamName('test.case', first?.subject ?? ''));
    const { position: _, ...event } = stored ?? { position: '' };
    expect(first).toEqual(event);
    expect(await relay.status()).toMatchObject({
      active: true,
      lag: 0,
      oldestAgeMs: 0,
      held: 0,
      trouble: null,
    });
  });

  it('keeps to itself what is private to the service', async () => {
    fixture.relay();
    await fixture.append(cases, privateType);
    await fixture.append(cases);
    await untilArrived(12);
    expect(fixture.arrived.map(({ type }) => type)).not.toContain(privateType);
  });

  it('goes on where it stopped', async () => {
    const first = fixture.relay();
    await fixture.append(cases);
    await untilArrived(12);
    await first.stop();
    await fixture.append(cases);
    expect(await first.status()).toMatchObject({ active: false, lag: 12 });
    expect((await first.status()).oldestAgeMs).toBeGreaterThan(0);
    fixture.relay();
    await untilArrived(24);
    expect(fixture.arrived).toHaveLength(24);
  });

  it('lets one of several be active, and another at once when that one stops', async () => {
    const one = fixture.relay();
    await until(async () => (await one.status()).active);
    const two = fixture.relay();
    await fixture.append(cases);
    await untilArrived(12);
    expect((await two.status()).active).toBe(false);
    await one.stop();
    await until(async () => (await two.status()).active, undefined, 1_000);
    await fixture.append(cases);
    await untilArrived(24);
    expect(fixture.arrived).toHaveLength(24);
  });

  it('is replaced when it freezes, and can then only repeat what has its place', async () => {
    const frozen = fixture.freezing();
    const zombie = fixture.relay({ leases: frozen.leases });
    await fixture.append(cases);
    await untilArrived(12);
    frozen.freeze();
    const frozenAt = performance.now();
    const next = fixture.relay();
    await until(async () => (await next.status()).active, undefined, 10_000);
    const takenOverMs = Math.round(performance.now() - frozenAt);
    for (let round = 0; round < 5; round += 1) await fixture.append(cases);
    await until(async () => !(await zombie.status()).active);
    await untilArrived(72);
    process.stdout.write(
      `a frozen relay was replaced after ${takenOverMs} ms; ${fixture.arrived.length - 72} events came twice\n`,
    );
    expect(sequencesByCase(fixture.arrived)).toEqual(everyCase(6));
    for (const { stream, sequence, id } of fixture.arrived)
      expect(
        fixture.arrived.filter((other) => other.stream === stream && other.sequence === sequence),
      ).toEqual(expect.arrayContaining([expect.objectContaining({ id })]));
    expect(fixture.said).toContain('another relay has taken over');
    const { position } = await next.status();
    await until(async () => (await fixture.checkpoints.load(fixture.topic)) === position);
  }, 30_000);

  it('holds a case whose event it cannot translate, goes on with others, and catches up once it can', async () => {
    const [bad = '', ...others] = cases;
    const first = fixture.relay();
    await fixture.append(cases);
    await fixture.append([bad], unknownType);
    await fixture.append(cases);
    await fixture.append(others);
    await untilArrived(34);
    await until(async () => (await first.status()).held === 2);
    expect(sequencesByCase(fixture.arrived)).toMatchObject({ [bad]: [0], [others[0] ?? '']: [0, 1, 2] });
    expect(await fixture.checkpoints.held(fixture.topic)).toMatchObject([
      { subject: bad, sequence: 1, type: unknownType, reason: `Error: unknown event type ${unknownType}` },
      { subject: bad, sequence: 2, reason: 'queued-behind' },
    ]);
    await first.stop();

    const still = fixture.relay();
    await fixture.append([bad]);
    await until(async () => (await still.status()).held === 3);
    await still.stop();

    const newer = fixture.relay({
      source: { topic: fixture.topic, category: 'test.case', translate: (stored) => stored },
    });
    await untilArrived(37);
    await fixture.append([bad]);
    await untilArrived(38);
    expect(sequencesByCase(fixture.arrived)[bad]).toEqual([0, 1, 2, 3, 4]);
    // The checkpoint follows the broker's answer.
    await until(async () => {
      const { held, lag } = await newer.status();
      return held === 0 && lag === 0;
    });
  }, 20_000);

  it('tries again when somebody asks, while it goes on with others', async () => {
    const [bad = '', ...others] = cases;
    let knowsAll = false;
    const translate = (stored: RecordedEvent): RecordedEvent => {
      if (stored.type === unknownType && !knowsAll) throw new Error('unknown');
      return stored;
    };
    const relay = fixture.relay({ source: { topic: fixture.topic, category: 'test.case', translate } });
    await fixture.append([bad], unknownType);
    await fixture.append(cases);
    await until(async () => (await relay.status()).held === 2);
    await fixture.checkpoints.askAgain(fixture.topic);
    knowsAll = true;
    await fixture.append(others);
    await fixture.checkpoints.askAgain(fixture.topic);
    await until(async () => (await relay.status()).held === 0);
    await fixture.append(cases);
    await untilArrived(3 * cases.length);
    await until(async () => (await relay.status()).lag === 0);
    expect(sequencesByCase(fixture.arrived)[bad]).toEqual([0, 1, 2]);
    expect(sequencesByCase(fixture.arrived)[others[0] ?? '']).toEqual([0, 1, 2]);
  }, 20_000);

  it('says why nothing goes on while the broker cannot be reached', async () => {
    const kafka = openKafka({ settings: { brokers: ['127.0.0.1:1'], clientId: 'spec' } });
    const relay = fixture.relay({ kafka });
    await fixture.append(cases);
    await until(async () => (await relay.status()).trouble !== null, undefined, 10_000);
    expect(await relay.status()).toMatchObject({ active: true, lag: 12 });
    expect(fixture.said).toContain('a relay failed and tries again');
    await relay.stop();
  }, 20_000);

  (server?.restart === undefined ? it.skip : it)(
    'loses nothing and keeps the order when the broker is killed and comes back',
    async () => {
      fixture.relay();
      let rounds = 0;
      const appending = setInterval(() => {
        rounds += 1;
        void fixture.append(cases);
      }, 20);
      await untilArrived(120);
      await server?.restart?.();
      const restarted = distinct();
      await untilArrived(restarted + 120, 30_000);
      clearInterval(appending);
      await untilArrived(rounds * cases.length, 30_000);
      expect(sequencesByCase(fixture.arrived)).toEqual(everyCase(rounds));
      process.stdout.write(
        `over a restart of the broker ${rounds * cases.length} events came, ${fixture.arrived.length - rounds * cases.length} of them twice\n`,
      );
    },
    90_000,
  );

  it('carries 20,000 events', async () => {
    const subjects = upTo(1_000).map((n) => String(260_000_000_000 + n));
    await Promise.all(
      subjects.map((subject) =>
        fixture.store.append(
          streamName('test.case', subject),
          upTo(20).map((n) =>
            newTestEvent(
              { caseNumber: subject, text: 'x'.repeat(300), n },
              { subject, type: 'test.Changed.v1' },
            ),
          ),
          'no-stream',
        ),
      ),
    );
    const from = performance.now();
    const cpu = process.cpuUsage();
    const relay = fixture.relay();
    await until(
      async () => (await relay.status()).position === (await fixture.store.head()),
      undefined,
      60_000,
    );
    const relayedMs = performance.now() - from;
    const { user, system } = process.cpuUsage(cpu);
    await until(
      () => fixture.arrived.length >= 20_000,
      () => fixture.arrived.length,
      60_000,
    );
    process.stdout.write(
      `20,000 events relayed in ${Math.round(relayedMs)} ms: ${Math.round(20_000_000 / relayedMs)} events/s, ` +
        `${Math.round((user + system) / 20_000)} µs of CPU each with a reader in the same process\n`,
    );
    const bySubject = new Map<string, number>();
    for (const { subject, sequence } of fixture.arrived) {
      expect(sequence).toBe(bySubject.get(subject) ?? 0);
      bySubject.set(subject, sequence + 1);
    }
    expect(bySubject.size).toBe(1_000);
  }, 120_000);

  it('brings an event to its readers without waiting for more', async () => {
    fixture.relay();
    await fixture.append(cases);
    await untilArrived(12);
    const times: number[] = [];
    for (let n = 0; n < 100; n += 1) {
      const from = performance.now();
      await fixture.append(cases.slice(0, 1));
      await until(() => fixture.arrived.length === 13 + n);
      times.push(performance.now() - from);
    }
    times.sort((a, b) => a - b);
    process.stdout.write(
      `append to a consumer: median ${Math.round(times[50] ?? 0)} ms, 99th of a hundred ${Math.round(times[98] ?? 0)} ms\n`,
    );
  }, 30_000);
});

(server === null ? describe.skip : describe)('An event that is too large for its topic', () => {
  it('is held with its case, and only that', async () => {
    const fixture = await relayFixture(brokers, { maxMessageBytes: 20_000 });
    const [large = '', ...others] = cases;
    for (let round = 0; round < 3; round += 1) await fixture.append(cases);
    await fixture.append([large], 'test.Changed.v1', 'x'.repeat(30_000));
    for (let round = 0; round < 3; round += 1) await fixture.append(cases);
    const relay = fixture.relay();
    await until(async () => (await relay.status()).held === 4, undefined, 15_000);
    await until(
      () => Object.values(sequencesByCase(fixture.arrived)).flat().length === 3 + 6 * others.length,
    );
    expect(sequencesByCase(fixture.arrived)[large]).toEqual([0, 1, 2]);
    await fixture.close();
  }, 40_000);
});
