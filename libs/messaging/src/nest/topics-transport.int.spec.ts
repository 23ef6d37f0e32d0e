import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Controller, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { openSqliteEventStore, type EventStore } from '@city311/eventing';
import { PoisonMessageError, streamName, TransientError, type PublicEvent } from '@city311/kernel';
import { newTestEvent } from '@city311/testing';

import type { Messaging } from '../consumer-groups.js';
import { createLogMessaging } from '../log/log-messaging.js';
import { openSqliteConsumerState } from '../log/sqlite-consumer-state.js';
import type { Outcome } from '../messaging.js';
import { ConsumeBatch, ConsumeCases } from './consume.decorators.js';
import { TopicsTransport } from './topics-transport.js';

const topic = 'test.nest.topic.v1';
const JOURNAL = Symbol('Journal');
type Opened = PublicEvent<'test.Opened.v1', { readonly n: number }>;

class Journal {
  readonly lines: string[] = [];
  failuresLeft = 0;
}

@Controller()
class Routing {
  constructor(@Inject(JOURNAL) private readonly journal: Journal) {}

  @ConsumeCases({ topic, group: 'test.routing', types: ['test.Opened.v1'], retryDelayMs: 5 })
  async onOpened(event: Opened): Promise<Outcome> {
    if (event.data.n === 13)
      throw new PoisonMessageError('unlucky', { cause: new Error('the reason behind') });
    if (this.journal.failuresLeft > 0) {
      this.journal.failuresLeft -= 1;
      throw new TransientError('later');
    }
    this.journal.lines.push(`routing ${event.subject} ${event.data.n}`);
    return 'handled';
  }

  @ConsumeCases({ topic, group: 'test.routing', types: ['test.Closed.v1'] })
  async onClosed(event: PublicEvent): Promise<Outcome> {
    this.journal.lines.push(`closed ${event.subject}`);
    return event.subject === 'odd' ? { park: 'odd' } : 'duplicate';
  }
}

@Controller()
class Notices {
  constructor(@Inject(JOURNAL) private readonly journal: Journal) {}

  @ConsumeBatch({ topic, group: 'test.notices', types: ['test.Opened.v1'], batchSize: 10 })
  async onBatch(events: readonly Opened[]): Promise<void> {
    this.journal.lines.push(`notices ${events.map(({ data }) => data.n).join()}`);
  }
}

const journal = new Journal();
const providers = [{ provide: JOURNAL, useValue: journal }];

@Module({ controllers: [Routing], providers })
class RoutingModule {}
@Module({ controllers: [Notices], providers })
class NoticesModule {}
@Module({ imports: [RoutingModule, NoticesModule] })
class AllModule {}

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries > 400) throw new Error(`did not happen: ${JSON.stringify(journal.lines)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

describe('The log transport in a hybrid Nest application', () => {
  let folder: string;
  let store: EventStore;
  let messaging: Messaging;
  let app: NestFastifyApplication;
  let closeState: () => void;
  const append = (id: string, type: string, n: number): Promise<unknown> =>
    store.append(streamName('test.case', id), [newTestEvent({ n }, { subject: id, type })], 'any');

  beforeEach(async () => {
    journal.lines.length = 0;
    folder = await mkdtemp(join(tmpdir(), 'transport-'));
    store = await openSqliteEventStore({ folder });
    const state = openSqliteConsumerState({ folder });
    closeState = () => state.close();
    const sources = [{ topic, category: 'test.case', translate: (stored: PublicEvent) => stored }];
    messaging = createLogMessaging({ store, state, sources });
    app = await NestFactory.create<NestFastifyApplication>(AllModule, new FastifyAdapter(), {
      logger: false,
    });
    app.connectMicroservice({ strategy: new TopicsTransport(messaging) });
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
  });
  afterEach(async () => {
    await app.close();
    closeState();
    await store.close();
    await rm(folder, { recursive: true });
  });

  it('serves the handlers of all modules, by type, singly and in batches', async () => {
    await append('a', 'test.Opened.v1', 1);
    await append('a', 'test.Closed.v1', 2);
    await until(() => journal.lines.length === 3);
    expect(journal.lines.toSorted()).toEqual(['closed a', 'notices 1', 'routing a 1']);
  });

  it('keeps outcomes and exceptions as handlers gave them, with their cause', async () => {
    await append('b', 'test.Opened.v1', 13);
    await append('odd', 'test.Closed.v1', 1);
    await until(async () => (await messaging.parked.count()).get('test.routing') === 2);
    const reasons = (await messaging.parked.list()).map(({ reason }) => reason);
    expect(reasons).toEqual(['PoisonMessageError: unlucky; caused by Error: the reason behind', 'odd']);
  });

  it('retries what a handler says may work later', async () => {
    journal.failuresLeft = 3;
    await append('c', 'test.Opened.v1', 1);
    await until(() => journal.lines.includes('routing c 1'));
    expect(journal.failuresLeft).toBe(0);
  });

  it('writes the checkpoints and gives the leases back when the application closes', async () => {
    await append('d', 'test.Opened.v1', 1);
    await until(() => journal.lines.length === 2);
    await app.close();
    const head = await store.head();
    expect((await messaging.groups()).map(({ position, active }) => ({ position, active }))).toEqual([
      { position: head, active: false },
      { position: head, active: false },
    ]);
  });
});

describe('Consumers of one group', () => {
  it('are refused when a batch handler is not the only one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'transport-'));
    const store = await openSqliteEventStore({ folder });
    const state = openSqliteConsumerState({ folder });
    const sources = [{ topic, category: 'test.case', translate: (stored: PublicEvent) => stored }];
    const transport = new TopicsTransport(createLogMessaging({ store, state, sources }));
    const settings = { topic, group: 'g', types: ['test.Opened.v1'] };
    const extras = (kind: string): Record<string, unknown> => ({ consumer: { kind, settings } });
    transport.addHandler({}, async () => 'handled', true, extras('cases'));
    transport.addHandler({}, async () => undefined, true, extras('batches'));
    let answer: unknown;
    transport.listen((error) => (answer = error));
    expect(answer).toBeInstanceOf(RangeError);
    state.close();
    await store.close();
    await rm(folder, { recursive: true });
  });
});
