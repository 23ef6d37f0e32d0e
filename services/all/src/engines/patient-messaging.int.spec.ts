import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { newEventId, openSqliteEventStore, type EventStore } from '@city311/eventing';
import { streamName, TransientError, type PublicEvent } from '@city311/kernel';
import { createLogMessaging, openSqliteConsumerState, type Messaging } from '@city311/messaging';

import { patientMessaging } from './patient-messaging.js';

const topic = 'city311.intake.case.v1';
const settings = {
  topic,
  group: 'city311.test.on-case',
  types: ['intake.CaseOpened.v1'],
  maxAttempts: 3,
  retryDelayMs: 5,
};
const number = '260000000014';

describe('consumers while an engine is away', () => {
  let folder: string;
  let store: EventStore;
  let state: ReturnType<typeof openSqliteConsumerState>;
  let messaging: Messaging;
  let troubles: readonly string[];
  let isAway: boolean;
  let tries: number;
  let handled: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'patient-'));
    store = await openSqliteEventStore({ folder });
    state = openSqliteConsumerState({ folder });
    const source = { topic, category: 'intake.case', translate: (event: PublicEvent) => event };
    const log = createLogMessaging({ store, sources: [source], state });
    [troubles, isAway, tries, handled] = [['records: MongoDB does not answer'], true, 0, []];
    messaging = patientMessaging(log, {
      troubles: () => Promise.resolve(troubles),
      logger: { warn: () => undefined },
      lookEveryMs: 5,
    });
    const event = { id: newEventId(), type: 'intake.CaseOpened.v1', source: '/intake', subject: number };
    const more = { time: '2026-06-01T14:00:00.000Z', actor: 'test', jurisdiction: 'x', imported: false };
    const opened = { ...event, ...more, correlationId: 'c', data: {} };
    await store.append(streamName('intake.case', number), [opened], 'no-stream');
  });
  afterEach(async () => {
    await messaging.close();
    await store.close();
    state.close();
    await rm(folder, { recursive: true });
  });

  const handle = (events: readonly PublicEvent[]): Promise<void> => {
    tries += 1;
    if (isAway) return Promise.reject(new TransientError('away'));
    handled.push(...events.map(({ subject }) => subject));
    return Promise.resolve();
  };
  const until = async (holds: () => boolean): Promise<void> => {
    for (let looks = 0; !holds() && looks < 300; looks += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(holds()).toBe(true);
  };
  const kinds = ['batches', 'cases'] as const;
  const consume = (kind: (typeof kinds)[number]) =>
    kind === 'batches'
      ? messaging.consumeBatches(settings, handle)
      : messaging.consumeCases(settings, async (event) => {
          await handle([event]);
          return 'handled';
        });

  it.each(kinds)('park nothing, and take up where they were when it is back (%s)', async (kind) => {
    consume(kind).start();
    await until(() => tries > 3 * settings.maxAttempts);
    expect(await messaging.parked.count()).toEqual(new Map());
    [isAway, troubles] = [false, []];
    await until(() => handled.length === 1);
    expect(handled).toEqual([number]);
  });

  it('park what fails alike while no engine is away', async () => {
    troubles = [];
    consume('batches').start();
    await until(() => tries >= settings.maxAttempts);
    for (let looks = 0; (await messaging.parked.count()).size === 0 && looks < 300; looks += 1)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect([...(await messaging.parked.count()).values()]).toEqual([1]);
  });

  it('stop all the same', async () => {
    const consumer = consume('batches');
    consumer.start();
    await until(() => tries > 1);
    await consumer.stop();
    expect(await messaging.parked.count()).toEqual(new Map());
  });
});
