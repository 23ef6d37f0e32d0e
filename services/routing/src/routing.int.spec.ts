import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { APP_FILTER, APP_GUARD, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';

import { loadCity } from '@city311/city';
import { topics } from '@city311/contracts';
import { newEventId, openSqliteEventStore, type EventStore } from '@city311/eventing';
import { streamName, type RecordedEvent } from '@city311/kernel';
import {
  createLogMessaging,
  TopicsTransport,
  openSqliteConsumerState,
  type Messaging,
} from '@city311/messaging';
import {
  createLogger,
  EngineModule,
  KeyGuard,
  ProblemFilter,
  type ViewRegistration,
} from '@city311/platform';
import { openSqliteViewStore, runView, type View } from '@city311/read-models';
import { manualClock, openSqliteLeases } from '@city311/scheduling';
import { openSqliteApiKeys, openSqliteVault } from '@city311/vault';

import { RoutingModule, routingTopicSource } from '../index.js';
import type { OpenCases } from './decisions/open-cases.js';
import { OPEN_CASES } from './tokens.js';

const pothole = 'Public Works Department:Highway Maintenance:Request for Pothole Repair';
const light = 'Public Works Department:Street Lights:Street Light Outages';
const monday = '2026-06-01T14:00:00.000Z';
const city = loadCity('boston');
const [first, second, third] = ['260000000014', '260000000022', '260000000030'] as const;
const caseTopic = {
  topic: topics.case.name,
  category: topics.case.category,
  translate: (e: RecordedEvent) => e,
};

/** As where members of a group share the cases: this one is given none but these. */
const sharing = (messaging: Messaging, mine: (caseNumber: string) => boolean): Messaging => ({
  ...messaging,
  consumeBatches: (settings, handle) =>
    messaging.consumeBatches(settings, (events) => handle(events.filter(({ subject }) => mine(subject)))),
});

const startRouting = async (
  folder: string,
  keyName = 'desk',
  mine: (caseNumber: string) => boolean = () => true,
) => {
  const clock = manualClock(monday);
  const logger = createLogger('silent');
  const store = await openSqliteEventStore({ folder });
  const state = openSqliteConsumerState({ folder });
  const leases = openSqliteLeases({ folder });
  const vault = await openSqliteVault({ folder });
  const apiKeys = await openSqliteApiKeys({ folder });
  const viewStore = openSqliteViewStore({ folder });
  const messaging = createLogMessaging({ store, sources: [caseTopic, routingTopicSource], state });
  const runners: { stop(): Promise<void> }[] = [];
  const views = {
    open: async <Doc extends object>({ projection, topic }: ViewRegistration<Doc>): Promise<View<Doc>> => {
      const runner = await runView({
        store: viewStore,
        projection,
        reader: messaging.reader,
        topics: [topic],
      });
      runners.push(runner);
      return runner.view;
    },
  };
  const engines = {
    store,
    topics: messaging.reader,
    parked: messaging.parked,
    views,
    vault,
    apiKeys,
    leases,
    clock,
    city,
    logger,
    background: { here: true },
  };
  const module = await Test.createTestingModule({
    imports: [EngineModule.of(engines), RoutingModule],
    providers: [
      { provide: APP_GUARD, inject: [Reflector], useFactory: (r: Reflector) => new KeyGuard(apiKeys, r) },
      { provide: APP_FILTER, useValue: new ProblemFilter(logger) },
    ],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  app.connectMicroservice({ strategy: new TopicsTransport(sharing(messaging, mine)) });
  await app.startAllMicroservices();
  await app.init();
  const operator = await apiKeys.create(keyName, 'operator', monday);
  return {
    app,
    store,
    operator,
    stop: async () => {
      await app.close();
      await messaging.close();
      for (const runner of runners) await runner.stop();
      await viewStore.close();
      await store.close();
      await vault.close();
      await apiKeys.close();
      state.close();
      leases.close();
    },
  };
};

let folder: string;
let service: Awaited<ReturnType<typeof startRouting>>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'routing-'));
  service = await startRouting(folder);
});

afterEach(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Appends to the case's stream as intake would. */
const tell = async (of: string, type: string, data: object, imported = false): Promise<void> => {
  const event = {
    id: newEventId(),
    type: `intake.${type}.v1`,
    source: '/intake',
    subject: of,
    time: monday,
    actor: 'test',
    jurisdiction: city.jurisdiction,
    imported,
    correlationId: 'c',
    data: { caseNumber: of, ...data },
  };
  await service.store.append(streamName('intake.case', of), [event], 'any');
};

const open = (of: string, more: object = {}, imported = false): Promise<void> =>
  tell(
    of,
    'CaseOpened',
    {
      serviceCode: pothole,
      openedAt: monday,
      emergencyWords: [],
      place: { precision: 'point', latitude: 42.356, longitude: -71.0575 },
      ...more,
    },
    imported,
  );

const ask = async (method: 'GET' | 'POST', url: string, body?: object) => {
  const answer = await service.app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${service.operator}` },
    ...(body === undefined ? {} : { payload: body }),
  });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
};

const routing = async (store: EventStore, of: string): Promise<readonly RecordedEvent[]> =>
  store.readStream(streamName('routing.case', of));

/** The case's routing events once there are `count`. */
const decided = async (of: string, count = 1): Promise<readonly RecordedEvent[]> => {
  for (const until = Date.now() + 8_000; Date.now() < until;) {
    const events = await routing(service.store, of);
    if (events.length >= count) return events;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${of} has fewer than ${count} routing events`);
};

const triaged = async (of: string): Promise<Record<string, unknown>> => {
  for (const until = Date.now() + 8_000; Date.now() < until;) {
    const { body } = await ask('GET', '/api/routing/triage');
    const items = body['items'] as Record<string, unknown>[];
    const item = items.find(({ caseNumber }) => caseNumber === of);
    if (item !== undefined) return item;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${of} is not in triage`);
};

describe('the routing service', () => {
  it('decides for a case just opened, and suggests the open case beside it', async () => {
    await open(first);
    await decided(first);
    await open(second, { openedAt: '2026-06-01T15:00:00.000Z' });
    const [decision] = await decided(second);
    expect(decision).toMatchObject({
      type: 'routing.RouteDecided.v1',
      imported: false,
      data: {
        departmentId: 'PWDx',
        queue: 'PWDx_District 1C: Downtown',
        basis: 'rule',
        suggestedDuplicateOf: first,
        ruleSetVersion: 1,
        districts: { pwd_district: '1C' },
      },
    });
    const { body } = await ask('GET', `/api/routing/decisions/${second}`);
    expect(body).toMatchObject({ caseNumber: second, decisions: [{ type: 'RouteDecided' }] });
  });

  it('suggests a case that another member of its group was given, until that is closed', async () => {
    await service.stop();
    service = await startRouting(folder, 'second-desk', (caseNumber) => caseNumber !== first);
    const openCases = service.app.get<OpenCases>(OPEN_CASES);
    const sizeIs = async (size: number): Promise<void> => {
      for (let tries = 0; openCases.size !== size && tries < 200; tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect(openCases.size).toBe(size);
    };
    await open(first);
    await sizeIs(1);
    await open(second);
    const [decision] = await decided(second);
    expect(decision?.data).toMatchObject({ suggestedDuplicateOf: first });
    await tell(first, 'CaseClosed', { outcome: 'resolved', closedAt: monday });
    await tell(second, 'CaseWithdrawn', { withdrawnAt: monday });
    await sizeIs(0);
    await open(third);
    expect((await decided(third))[0]?.data).not.toHaveProperty('suggestedDuplicateOf');
  });

  it('suggests no case that was closed', async () => {
    await open(first);
    await tell(first, 'CaseClosed', { outcome: 'resolved', closedAt: monday });
    await open(second);
    const [decision] = await decided(second);
    expect(decision?.data).not.toHaveProperty('suggestedDuplicateOf');
  });

  it("keeps an older system's route as a fact, with its own opinion beside it", async () => {
    const openedAt = '2015-08-11T14:00:00.000Z';
    const imported = { departmentId: 'INFO', queue: 'INFO_Mass DCR', dueAt: null };
    await open(
      first,
      {
        openedAt,
        imported,
        place: { precision: 'point', latitude: 42.356, longitude: -71.0575, districts: { ward: 'Ward 3' } },
      },
      true,
    );
    const [decision] = await decided(first);
    expect(decision).toMatchObject({
      type: 'routing.ImportedRouteNoted.v1',
      time: openedAt,
      imported: true,
      data: {
        ...imported,
        districts: { ward: 'Ward 3' },
        opinion: { departmentId: 'PWDx', queue: 'PWDx_District 1C: Downtown' },
      },
    });
  });

  it('routes a case anew when its kind changes, due from its opening', async () => {
    await open(first);
    await decided(first);
    await tell(first, 'CaseReclassified', {
      serviceCode: light,
      definitionVersion: 1,
      reclassifiedAt: monday,
    });
    const events = await decided(first, 3);
    expect(events.map(({ type }) => type)).toEqual([
      'routing.RouteDecided.v1',
      'routing.ReclassificationNoted.v1',
      'routing.RouteDecided.v1',
    ]);
    expect(events[2]?.data).toMatchObject({
      queue: 'PWDx_Street Light Outages',
      dueAt: '2026-06-15T14:00:00.000Z',
    });
  });

  it('puts a case that a department handed back before a person, who sends it on', async () => {
    await open(third);
    await decided(third);
    await tell(third, 'CaseReturnedToTriage', { fromDepartmentId: 'PWDx', returnedAt: monday });
    const [, back] = await decided(third, 2);
    expect(back).toMatchObject({
      type: 'routing.SentToTriage.v1',
      data: {
        reason: 'handed-back',
        queue: 'INFO_Reallocation From Dept',
        districts: { pwd_district: '1C' },
      },
    });
    expect(await triaged(third)).toMatchObject({ serviceName: 'Request for Pothole Repair' });

    const { status, body } = await ask('POST', `/api/routing/triage/${third}`, {
      departmentId: 'BWSC',
      queue: 'BWSC_Pothole',
    });
    expect(status).toBe(200);
    expect((body['decisions'] as object[]).at(-1)).toMatchObject({
      type: 'RouteDecided',
      actor: 'key:desk',
      data: { departmentId: 'BWSC', basis: 'operator', districts: { pwd_district: '1C' } },
    });
  });

  it('lists every fault of a word that cannot stand', async () => {
    await open(first);
    await decided(first);
    const { status, body } = await ask('POST', `/api/routing/triage/${first}`, {
      departmentId: 'Nobody',
      queue: 'BWSC_Pothole',
      serviceCode: 'x:y:z',
    });
    expect(status).toBe(400);
    expect(body['faults']).toEqual([
      { path: 'departmentId', message: 'is no department of the city' },
      { path: 'queue', message: 'belongs to BWSC' },
      { path: 'serviceCode', message: 'is not in the catalogue' },
    ]);
  });

  it('knows nothing of cases that it never saw', async () => {
    expect((await ask('GET', '/api/routing/decisions/260000000048')).status).toBe(404);
    expect((await ask('GET', '/api/routing/decisions/nonsense')).status).toBe(404);
  });

  it('publishes the rules once, however often it starts', async () => {
    await service.stop();
    service = await startRouting(folder, 'second-desk');
    const published = await service.store.readStream(streamName('routing.ruleset', city.id));
    expect(published.map(({ type }) => type)).toEqual(['routing.RuleSetPublished.v1']);
  });
});
