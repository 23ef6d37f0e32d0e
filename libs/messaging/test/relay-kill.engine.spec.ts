import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { openSqliteEventStore, type EventStore } from '@city311/eventing';
import { streamName, type PublicEvent } from '@city311/kernel';
import { decodeMessage, ensureTopics, openKafka, type ParseMessage } from '@city311/messaging/kafka';
import { findKafka, newTestEvent, until } from '@city311/testing';

const server = await findKafka();
afterAll(() => server?.stop());

const hooks = new URL('../../eventing/test/children/typescript-hooks.mjs', import.meta.url).href;
const program = fileURLToPath(new URL('./children/relay-forever.ts', import.meta.url));
const cases = Array.from({ length: 12 }, (_, n) => String(260_000_000_000 + n));
const taken: ParseMessage = (_topic, event) => ({ ok: true, event: event as unknown as PublicEvent });

interface RelayProcess {
  readonly child: ChildProcess;
  active: boolean;
}

(server === null ? describe.skip : describe)('Relays of two processes', () => {
  const brokers = [...(server?.brokers ?? [])];
  const kafka = openKafka({ settings: { brokers, clientId: 'spec' } });
  const first = new Map<string, number[]>();
  let arrived = 0;
  let folder: string;
  let topic: string;
  let store: EventStore;
  let processes: RelayProcess[];
  let stopReading: () => Promise<void>;
  let appending: NodeJS.Timeout;
  let appended: number;

  const startRelay = (name: string): RelayProcess => {
    const args = ['--import', hooks, program, folder, brokers.join(','), topic, name];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const relay: RelayProcess = { child, active: false };
    child.stdout.on('data', (text: Buffer) => {
      relay.active = String(text).trimEnd().endsWith('active');
    });
    processes.push(relay);
    return relay;
  };
  const distinct = (): number => [...first.values()].reduce((sum, { length }) => sum + length, 0);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'relay-kill-'));
    topic = `spec.relay-kill-${Date.now()}.v1`;
    store = await openSqliteEventStore({ folder });
    await kafka.administer((admin) => ensureTopics(admin, [{ name: topic, partitions: 3, replication: 1 }]));
    processes = [];
    first.clear();
    arrived = 0;
    appended = 0;
    const consumer = kafka.client().consumer({ groupId: topic, maxWaitTimeInMs: 20 });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        const { subject, sequence } = decodeMessage(topic, message, taken);
        arrived += 1;
        const known = first.get(subject) ?? [];
        first.set(subject, known);
        if (!known.includes(sequence)) known.push(sequence);
      },
    });
    stopReading = () => consumer.disconnect();
    const one = startRelay('one');
    await until(() => one.active, undefined, 15_000);
    startRelay('two');
    appending = setInterval(() => {
      appended += cases.length;
      for (const subject of cases) {
        const event = newTestEvent(appended, { subject, type: 'test.Changed.v1' });
        void store.append(streamName('test.case', subject), [event], 'any');
      }
    }, 25);
    await until(() => distinct() > 120, distinct, 15_000);
  }, 60_000);

  afterEach(async () => {
    clearInterval(appending);
    for (const { child } of processes) child.kill('SIGKILL');
    await stopReading();
    await store.close();
    await rm(folder, { recursive: true });
  }, 20_000);

  const untilAllInOrder = async (): Promise<void> => {
    clearInterval(appending);
    await until(
      () => distinct() === appended,
      () => `${distinct()} of ${appended}`,
      15_000,
    );
    for (const subject of cases)
      expect(first.get(subject)).toEqual(Array.from({ length: appended / cases.length }, (_, n) => n));
  };

  it('lose nothing when the active one is killed; the other goes on', async () => {
    const [one, two] = processes;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    one?.child.kill('SIGKILL');
    const killedAt = performance.now();
    await until(() => two?.active === true, undefined, 10_000);
    const seen = distinct();
    await until(() => distinct() > seen, undefined, 10_000);
    process.stdout.write(
      `a killed relay was replaced after ${Math.round(performance.now() - killedAt)} ms\n`,
    );
    await untilAllInOrder();
  }, 60_000);

  it('lose nothing when the active one freezes, is replaced, and wakes up again', async () => {
    const [one, two] = processes;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    one?.child.kill('SIGSTOP');
    const frozenAt = performance.now();
    await until(() => two?.active === true, undefined, 10_000);
    process.stdout.write(
      `a stopped relay was replaced after ${Math.round(performance.now() - frozenAt)} ms\n`,
    );
    one?.child.kill('SIGCONT');
    await until(() => one?.active === false, undefined, 5_000);
    await untilAllInOrder();
    process.stdout.write(`${arrived - appended} of ${appended} events came twice\n`);
    expect(two?.active).toBe(true);
  }, 60_000);
});
