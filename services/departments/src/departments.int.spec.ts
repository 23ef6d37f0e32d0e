import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { APP_FILTER, APP_GUARD, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';

import { loadCity } from '@city311/city';
import { topics } from '@city311/contracts';
import { newEventId, openSqliteEventStore, type EventStore, type NewEvent } from '@city311/eventing';
import { streamName, type RecordedEvent } from '@city311/kernel';
import { createLogMessaging, TopicsTransport, openSqliteConsumerState } from '@city311/messaging';
import {
  createLogger,
  EngineModule,
  KeyGuard,
  ProblemFilter,
  type Engines,
  type ViewRegistration,
} from '@city311/platform';
import { openSqliteViewStore, runView, type View } from '@city311/read-models';
import { manualClock, openSqliteLeases, type ManualClock, type TimerRunner } from '@city311/scheduling';
import { openSqliteApiKeys, openSqliteVault, type Role } from '@city311/vault';

import { DepartmentsModule, workOrderTopicSource } from '../index.js';
import { DueTimers } from './timers/due-timers.js';
import { DUE_TIMERS, WORK_ORDERS } from './tokens.js';
import type { WorkOrderRow } from './views/work-orders.view.js';
import { createWorkOrderHandler } from './work-orders/work-order-handler.js';

const caseNumber = '260000000014';
const noon = '2026-07-01T16:00:00.000Z';
const dueAt = '2026-07-03T16:00:00.000Z';

/** The service over real engines in a folder of its own; cases are written by the test, as intake would. */
class Service {
  private constructor(
    private readonly app: NestFastifyApplication,
    private readonly engines: Engines,
    readonly clock: ManualClock,
    private readonly closing: readonly (() => unknown)[],
  ) {}

  static async start(folder: string): Promise<Service> {
    const clock = manualClock(noon);
    const logger = createLogger('silent');
    const store = await openSqliteEventStore({ folder });
    const state = openSqliteConsumerState({ folder });
    const leases = openSqliteLeases({ folder });
    const vault = await openSqliteVault({ folder });
    const apiKeys = await openSqliteApiKeys({ folder });
    const viewStore = openSqliteViewStore({ folder });
    const cases = {
      topic: topics.case.name,
      category: topics.case.category,
      translate: (e: RecordedEvent) => e,
    };
    const messaging = createLogMessaging({ store, sources: [cases, workOrderTopicSource], state });
    const runners: { stop(): Promise<void> }[] = [];
    const views = {
      open: async <Doc extends object>(given: ViewRegistration<Doc>): Promise<View<Doc>> => {
        const { projection, topic, onApplied } = given;
        const runner = await runView({
          store: viewStore,
          projection,
          reader: messaging.reader,
          topics: [topic],
          ...(onApplied === undefined ? {} : { onApplied }),
        });
        runners.push(runner);
        return runner.view;
      },
    };
    const engines: Engines = {
      store,
      topics: messaging.reader,
      parked: messaging.parked,
      views,
      vault,
      apiKeys,
      leases,
      clock,
      city: loadCity('boston'),
      logger,
      background: { here: true },
    };
    const module = await Test.createTestingModule({
      imports: [EngineModule.of(engines), DepartmentsModule],
      providers: [
        { provide: APP_GUARD, inject: [Reflector], useFactory: (r: Reflector) => new KeyGuard(apiKeys, r) },
        { provide: APP_FILTER, useValue: new ProblemFilter(logger) },
      ],
    }).compile();
    const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    app.connectMicroservice({ strategy: new TopicsTransport(messaging) });
    await app.startAllMicroservices();
    await app.init();
    return new Service(app, engines, clock, [
      () => app.close(),
      () => messaging.close(),
      () => Promise.all(runners.map((runner) => runner.stop())),
      () => viewStore.close(),
      () => store.close(),
      () => vault.close(),
      () => apiKeys.close(),
      () => state.close(),
      () => leases.close(),
    ]);
  }

  async stop(): Promise<void> {
    for (const close of this.closing) await close();
  }

  get store(): EventStore {
    return this.engines.store;
  }

  async key(role: Role): Promise<string> {
    return this.engines.apiKeys.create(role.replace(':', '-').toLowerCase(), role, noon);
  }

  async reveal(text: string): Promise<string | null> {
    const [revealed] = await this.engines.vault.reveal([text as never]);
    return revealed ?? null;
  }

  /** Appends to the case's stream as intake would. */
  async tell(type: string, data: object, imported = false, of = caseNumber): Promise<void> {
    const event: NewEvent = {
      id: newEventId(),
      type: `intake.${type}.v1`,
      source: '/intake',
      subject: of,
      time: noon,
      actor: 'test',
      jurisdiction: 'boston',
      imported,
      correlationId: 'c',
      data: { caseNumber: of, ...data },
    };
    await this.store.append(streamName('intake.case', of), [event], 'any');
  }

  setClock(at: string): void {
    this.clock.advance(Date.parse(at) - this.clock.now().getTime());
    this.app.get<TimerRunner>(DUE_TIMERS).wake();
  }

  /** Orders whose timers would fire, now or ever. */
  async timers(): Promise<readonly string[]> {
    const view = this.app.get<View<WorkOrderRow>>(WORK_ORDERS);
    const timers = new DueTimers(view, createWorkOrderHandler(this.store), this.clock, 'boston');
    return (await timers.dueTimers('9999-01-01T00:00:00.000Z', 100)).map(({ id }) => id);
  }

  async ask(key: string, method: 'GET' | 'POST', url: string, body?: object) {
    const answer = await this.app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  }

  /** Status of the case's work orders, first to last, straight from their streams. */
  async orders(of = caseNumber): Promise<readonly string[]> {
    const found: string[] = [];
    for (let n = 1; ; n += 1) {
      const events = await this.store.readStream(streamName('departments.workorder', `${of}-${n}`));
      const last = events.at(-1);
      if (last === undefined) return found;
      found.push(last.type.replace('departments.WorkOrder', '').replace('.v1', ''));
    }
  }
}

const opened = { serviceCode: 'Public Works Department:Highway Maintenance:Request for Pothole Repair' };
const routed = (departmentId = 'PWDx', basis = 'rule') => ({
  ...opened,
  departmentId,
  queue: `${departmentId}_1`,
  priority: 'normal',
  dueAt,
  districts: {},
  basis,
  explanation: [],
  routedAt: noon,
});

describe('The departments service', () => {
  let folder: string;
  let service: Service;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'departments-'));
    service = await Service.start(folder);
  });
  afterEach(async () => {
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 200; tries += 1) {
      if (await holds()) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('it did not come to pass');
  };
  const ordersAre = (expected: readonly string[]) =>
    until(async () => JSON.stringify(await service.orders()) === JSON.stringify(expected));

  it('issues an order for a routed case, shows it to a waiting inbox, and takes it to its end', async () => {
    const key = await service.key('department:PWDx');
    const waiting = service.ask(key, 'GET', '/api/work-orders?wait=10&follow=true');
    await service.tell('CaseOpened', opened);
    await service.tell('CaseRouted', routed());
    const { body } = await waiting;
    expect(body['items']).toEqual([
      expect.objectContaining({
        workOrderId: `${caseNumber}-1`,
        departmentId: 'PWDx',
        serviceCode: opened.serviceCode,
        status: 'issued',
        overdue: false,
        imported: false,
      }),
    ]);
    expect(String(body['next'])).not.toBe('');

    const path = `/api/work-orders/${caseNumber}-1`;
    expect((await service.ask(key, 'POST', `${path}/claim`, { by: 'crew 7' })).body).toMatchObject({
      status: 'claimed',
      claimedBy: 'crew 7',
    });
    expect((await service.ask(key, 'POST', `${path}/start`)).body).toMatchObject({ status: 'started' });
    const done = await service.ask(key, 'POST', `${path}/complete`, {
      outcome: 'resolved',
      text: 'Filled it.',
    });
    expect(done).toMatchObject({ status: 200, body: { status: 'completed' } });
    const events = await service.store.readStream(streamName('departments.workorder', `${caseNumber}-1`));
    const { text } = events.at(-1)?.data as { text: { original: string } };
    expect(text.original).not.toContain('Filled');
    expect(await service.reveal(text.original)).toBe('Filled it.');
  });

  it.each([
    ['complete', (words: string) => ({ outcome: 'resolved', text: words })],
    ['hand-back', (words: string) => ({ reason: words })],
  ] as const)(
    '%s: many at once with other words are one, the same again is the same',
    async (action, body) => {
      const key = await service.key('department:PWDx');
      await service.tell('CaseOpened', opened);
      await service.tell('CaseRouted', routed());
      await ordersAre(['Issued']);
      const path = `/api/work-orders/${caseNumber}-1/${action}`;
      const all = Array.from({ length: 10 }, (_, index) => `Words ${index}`);
      const answers = await Promise.all(all.map((words) => service.ask(key, 'POST', path, body(words))));
      const taken = answers.flatMap(({ status }, index) => (status === 200 ? [all[index] ?? ''] : []));
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(all.length - 1);
      const events = await service.store.readStream(streamName('departments.workorder', `${caseNumber}-1`));
      expect(events).toHaveLength(2);
      const { text, reason } = events.at(-1)?.data as Readonly<
        Record<string, { original: string } | undefined>
      >;
      expect([await service.reveal((text ?? reason)?.original ?? '')]).toEqual(taken);
      expect((await service.ask(key, 'POST', path, body(taken[0] ?? ''))).status).toBe(200);
    },
  );

  it('pause: many at once for other reasons are one, the same again is the same', async () => {
    const key = await service.key('department:PWDx');
    await service.tell('CaseOpened', opened);
    await service.tell('CaseRouted', routed());
    await ordersAre(['Issued']);
    const path = `/api/work-orders/${caseNumber}-1`;
    await service.ask(key, 'POST', `${path}/start`);
    const reasons = Array.from({ length: 10 }, (_, index) => `Reason ${index}`);
    const pause = (reason: string) => service.ask(key, 'POST', `${path}/pause`, { reason });
    const answers = await Promise.all(reasons.map(pause));
    const taken = reasons.filter((_, index) => answers[index]?.status === 200);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(reasons.length - 1);
    const events = await service.store.readStream(streamName('departments.workorder', `${caseNumber}-1`));
    expect(events.map(({ data }) => (data as { reason?: string }).reason).filter(Boolean)).toEqual(taken);
    expect((await pause(taken[0] ?? '')).status).toBe(200);
  });

  it.each([
    ['complete', { outcome: 'resolved', text: 'Filled' }, {}],
    ['complete', { outcome: 'resolved' }, { media: [{ url: 'https://example.org/after.jpg' }] }],
    ['complete', { outcome: 'resolved' }, { stamp: 'Case Closed.' }],
    ['complete', { outcome: 'resolved' }, { text: 'Filled' }],
    ['hand-back', { reason: 'Not ours' }, {}],
  ] as const)(
    'an importer that tells %s of %j again with %j, or at another time, is told 409; the same again 200',
    async (action, body, more) => {
      const key = await service.key('importer');
      await service.tell('CaseOpened', opened);
      await service.tell('CaseRouted', routed());
      await ordersAre(['Issued']);
      const tell = (at: string, extra: object = {}) =>
        service.ask(key, 'POST', `/api/work-orders/${caseNumber}-1/${action}`, { ...body, ...extra, at });
      const at = '2026-06-01T12:00:00.000Z';
      expect((await tell(at)).status).toBe(200);
      expect((await tell(at)).status).toBe(200);
      expect((await tell('2026-06-02T12:00:00.000Z')).status).toBe(409);
      if (Object.keys(more).length > 0) expect((await tell(at, more)).status).toBe(409);
    },
  );

  it('keeps departments apart, lists every fault, and says no with a reason', async () => {
    const mine = await service.key('department:PWDx');
    const other = await service.key('department:BTDT');
    await service.tell('CaseOpened', opened);
    await service.tell('CaseRouted', routed());
    await ordersAre(['Issued']);
    const path = `/api/work-orders/${caseNumber}-1`;
    expect((await service.ask(other, 'POST', `${path}/start`)).status).toBe(403);
    expect((await service.ask(other, 'GET', '/api/work-orders?department=PWDx')).status).toBe(403);
    expect((await service.ask(mine, 'POST', `${path}/resume`)).body).toMatchObject({
      type: 'urn:city311:problem:not-started',
    });
    expect((await service.ask(mine, 'POST', `/api/work-orders/${caseNumber}-9/start`)).status).toBe(404);
    const faulty = await service.ask(mine, 'POST', `${path}/complete`, {
      outcome: 'done',
      at: noon,
      extra: 1,
    });
    expect(faulty.status).toBe(400);
    const faults = faulty.body['faults'] as { path: string }[];
    expect(faults.map((fault) => fault.path).sort()).toEqual(['at', 'extra', 'outcome']);
  });

  it('takes no time that has not come or is not understood, alone or in a batch', async () => {
    const importer = await service.key('importer');
    await service.tell('CaseOpened', opened);
    await service.tell('CaseRouted', routed());
    await ordersAre(['Issued']);
    const workOrderId = `${caseNumber}-1`;
    const times = ['2050-01-01T00:00:00Z', '20261121T151500Z', '2026-07-01T12:00:00', '2026-W27-3'];
    for (const at of times) {
      const alone = await service.ask(importer, 'POST', `/api/work-orders/${workOrderId}/complete`, {
        outcome: 'resolved',
        at,
      });
      expect(alone).toMatchObject({ status: 400, body: { faults: [{ path: 'at' }] } });
    }
    const items = times.map((at) => ({ workOrderId, action: 'complete', outcome: 'resolved', at }));
    const { body } = await service.ask(importer, 'POST', '/api/work-orders/batch', { items });
    expect(body['results']).toEqual(
      times.map(() =>
        expect.objectContaining({
          status: 400,
          problem: expect.objectContaining({ faults: [expect.objectContaining({ path: 'at' })] }),
        }),
      ),
    );
    expect(await service.orders()).toEqual(['Issued']);
  });

  it('answers each item of a batch, and history keeps its times', async () => {
    const importer = await service.key('importer');
    await service.tell('CaseOpened', opened, true);
    await service.tell('CaseRouted', routed('PWDx', 'imported'), true);
    await ordersAre(['Issued']);
    const long = '2015-08-11T12:00:00.000Z';
    const { body } = await service.ask(importer, 'POST', '/api/work-orders/batch', {
      items: [
        {
          workOrderId: `${caseNumber}-1`,
          action: 'complete',
          outcome: 'noted',
          at: long,
          stamp: 'Case Closed.',
        },
        { workOrderId: '999999999999-1', action: 'start' },
        { workOrderId: `${caseNumber}-1`, action: 'dance' },
        7,
      ],
    });
    expect((body['results'] as { status: number }[]).map(({ status }) => status)).toEqual([
      200, 404, 400, 400,
    ]);
    const [, completed] = await service.store.readStream(
      streamName('departments.workorder', `${caseNumber}-1`),
    );
    expect(completed).toMatchObject({
      time: long,
      imported: true,
      data: { completedAt: long, stamp: 'Case Closed.' },
    });
  });

  it('follows the case: re-routed, withdrawn, reopened, in triage', async () => {
    await service.tell('CaseOpened', opened);
    await service.tell('CaseRouted', routed('TRIAGE', 'triage'));
    await service.tell('CaseRouted', routed('PWDx'));
    await service.tell('CaseRouted', routed('BTDT', 'operator'));
    await ordersAre(['Cancelled', 'Issued']);
    await service.tell('CaseWithdrawn', { withdrawnAt: noon });
    await ordersAre(['Cancelled', 'Cancelled']);
    const route = { ...opened, departmentId: 'BTDT', queue: 'BTDT_1', priority: 'normal', dueAt };
    await service.tell('CaseReopened', { reopenedAt: noon, dueAt, route });
    await ordersAre(['Cancelled', 'Cancelled', 'Issued']);
    await service.tell('CaseLinked', { parent: '260000000022', linkedAt: noon });
    await service.tell('CaseRouted', { ...routed(), linkedTo: '260000000022' });
    await service.tell('CaseUnlinked', { parent: '260000000022', unlinkedAt: noon, route });
    await ordersAre(['Cancelled', 'Cancelled', 'Cancelled', 'Issued']);
  });

  const rowsAre = async (count: number): Promise<void> => {
    const operator = await service.key('operator');
    await until(async () => {
      const { body } = await service.ask(operator, 'GET', '/api/work-orders');
      return (body['items'] as unknown[]).length === count;
    });
  };

  it('warns once that an order is due soon and once that it is overdue, never for imported ones', async () => {
    await service.tell('CaseOpened', opened);
    await service.tell('CaseRouted', routed());
    await service.tell('CaseOpened', opened, true, '260000000022');
    await service.tell('CaseRouted', routed('PWDx', 'imported'), true, '260000000022');
    await ordersAre(['Issued']);
    await rowsAre(2);
    expect(await service.timers()).toEqual([`${caseNumber}-1`]);
    service.setClock('2026-07-03T15:00:00.000Z');
    await ordersAre(['DueSoon']);
    await new Promise((resolve) => setTimeout(resolve, 200));
    service.setClock('2026-07-03T17:00:00.000Z');
    await ordersAre(['Overdue']);
    const importer = await service.key('importer');
    const { body } = await service.ask(importer, 'GET', '/api/work-orders?overdue=true&order=due');
    expect((body['items'] as { caseNumber: string }[]).map((item) => item.caseNumber)).toContain(caseNumber);
    expect(await service.orders('260000000022')).toEqual(['Issued']);
    expect(await service.timers()).toEqual([]);
  }, 30_000);

  it('pages by number, and from a cursor that later orders come after', async () => {
    const operator = await service.key('operator');
    const numbers = ['260000000014', '260000000022', '260000000030'];
    for (const number of numbers) {
      await service.tell('CaseOpened', opened, false, number);
      await service.tell('CaseRouted', routed(), false, number);
    }
    const count = async (): Promise<number> => {
      const { body } = await service.ask(operator, 'GET', '/api/work-orders');
      return (body['items'] as unknown[]).length;
    };
    await until(async () => (await count()) === 3);
    for (const mode of ['', '&follow=true']) {
      const seen: string[] = [];
      let cursor = '';
      for (let page = 0; page < 5; page += 1) {
        const { body } = await service.ask(operator, 'GET', `/api/work-orders?limit=2${mode}${cursor}`);
        seen.push(...(body['items'] as { caseNumber: string }[]).map((item) => item.caseNumber));
        if (body['next'] === null) break;
        cursor = `&cursor=${encodeURIComponent(body['next'] as string)}`;
      }
      expect(seen).toEqual(numbers);
    }
    for (const cursor of ['zzzz', '2026-11-21', '-1', '0000000000000001%00']) {
      for (const mode of ['', '&follow=true', '&follow=true&wait=30']) {
        const url = `/api/work-orders?cursor=${cursor}${mode}`;
        expect(await service.ask(operator, 'GET', url)).toMatchObject({
          status: 400,
          body: { faults: [{ path: 'cursor' }] },
        });
      }
    }
  });
});
