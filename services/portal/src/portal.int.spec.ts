import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { APP_FILTER } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';

import { loadCity } from '@city311/city';
import { foldCaseAsOf, type CaseEvent } from '@city311/contracts';
import { TransientError, type CaseNumber, type Position } from '@city311/kernel';
import { CITY, CLOCK, createLogger, ProblemFilter } from '@city311/platform';
import { openSqliteViewStore, type View, type ViewStore } from '@city311/read-models';
import { manualClock } from '@city311/scheduling';

import { InsightsController } from './http/insights.controller.js';
import { OpenDataController } from './http/open-data.controller.js';
import type { Summary } from './insights/summary.js';
import type { LegacyRow } from './open-data/legacy-row.js';
import { SERVICE_REQUESTS } from './tokens.js';
import { anyStory, minute, Story } from './views/service-requests/case-stories.examples.js';
import { serviceRequestsProjection } from './views/service-requests/service-requests.projection.js';
import type { ServiceRequestDoc } from './views/service-requests/service-requests.view.js';

const now = '2026-07-20T12:00:00.000Z';

const portalOver = async (view: unknown): Promise<NestFastifyApplication> => {
  const module = await Test.createTestingModule({
    controllers: [OpenDataController, InsightsController],
    providers: [
      { provide: SERVICE_REQUESTS, useValue: view },
      { provide: CITY, useValue: loadCity('boston') },
      { provide: CLOCK, useValue: manualClock(now) },
      { provide: APP_FILTER, useValue: new ProblemFilter(createLogger('silent')) },
    ],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  await app.init();
  return app;
};

const asking = (app: NestFastifyApplication) => {
  const ask = (path: string) => app.inject({ method: 'GET', url: path });
  return {
    ask,
    rows: async (query: string): Promise<readonly LegacyRow[]> =>
      (await ask(`/open-data/service-requests.json${query}`)).json(),
    summary: async (asOf: string): Promise<Summary> =>
      (await ask(`/api/insights/summary?asOf=${encodeURIComponent(asOf)}`)).json(),
  };
};

const numberOf = (n: number): CaseNumber => `26${String(n).padStart(10, '0')}` as CaseNumber;

let folder = '';
let store: ViewStore;
let view: View<ServiceRequestDoc>;
let applied = 0;

/** In batches, as the runner gives them. */
const apply = async (events: readonly CaseEvent[]): Promise<void> => {
  for (let from = 0; from < events.length; from += 500) {
    applied += 1;
    await view.apply(events.slice(from, from + 500), String(applied).padStart(12, '0') as Position);
  }
};

const inFreshStore = (): void => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portal-'));
    store = openSqliteViewStore({ folder });
    ({ view } = await store.open(serviceRequestsProjection));
  });
  afterAll(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
};

describe('The open data over a real view', () => {
  inFreshStore();
  let app: NestFastifyApplication;
  const cases = 2_400;
  /** One case a minute from noon UTC on 1 July; the day in Boston ends at 960. */
  const stories = Array.from({ length: cases }, (_, n) => {
    const visibility = n % 8 === 3 ? 'confidential' : n % 8 === 5 ? 'staff' : 'public';
    const story = new Story(numberOf(n)).open({ openedAt: minute(n), visibility });
    return n % 2 === 0 ? story.route(n + 1).close(n + 3) : story.route(n + 1);
  });
  const publicCases = stories.filter((_, n) => n % 8 !== 3 && n % 8 !== 5).length;

  beforeAll(async () => {
    await apply(stories.flatMap(({ events }) => events));
    app = await portalOver(view);
  });
  afterAll(() => app.close());

  it('gives every public case once, by opening, and no other', async () => {
    const rows = await asking(app).rows('');
    expect(rows).toHaveLength(publicCases);
    const hidden = new Set(stories.filter((_, n) => n % 8 === 3 || n % 8 === 5).map(({ number }) => number));
    expect(rows.some((row) => hidden.has(row.case_enquiry_id as CaseNumber))).toBe(false);
    const opened = rows.map((row) => row.open_dt);
    expect(opened).toEqual([...opened].sort());
  });

  it('says the same as CSV', async () => {
    const answer = await asking(app).ask('/open-data/service-requests.csv');
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(parse(answer.body, { columns: true, recordDelimiter: '\r\n' })).toEqual(
      await asking(app).rows(''),
    );
  });

  it('keeps to local dates, both included', async () => {
    const first = await asking(app).rows('?to=2026-07-01');
    const second = await asking(app).rows('?from=2026-07-02&to=2026-07-02');
    const rest = await asking(app).rows('?from=2026-07-03');
    expect(first.at(-1)?.open_dt).toBe('2026-07-01 23:59:00');
    expect(second[0]?.open_dt).toBe('2026-07-02 00:00:00');
    expect(first.length + second.length + rest.length).toBe(publicCases);
    expect(await asking(app).rows('?from=2026-07-02&to=2026-07-02')).toHaveLength(second.length);
  });

  it('shows the cases as they stood, and none that came later', async () => {
    const rows = await asking(app).rows(`?asOf=${minute(100)}`);
    expect(rows.at(-1)?.open_dt).toBe('2026-07-01 09:40:00');
    const lastClosed = rows.filter((row) => row.case_status === 'Closed').at(-1);
    expect(lastClosed?.closed_dt).toBe('2026-07-01 09:39:00');
  });

  it('counts what it does not show', async () => {
    const { open, closed } = await asking(app).summary(now);
    expect(open + closed).toBe(cases);
  });

  it('lists every fault of a question', async () => {
    const answer = await asking(app).ask(
      '/open-data/service-requests.csv?from=x&to=2026-02-31&asOf=y&form=1',
    );
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ faults: { path: string }[] }>().faults.map(({ path }) => path)).toEqual([
      'form',
      'from',
      'to',
      'asOf',
    ]);
    const backwards = await asking(app).ask('/open-data/service-requests.json?from=2026-07-02&to=2026-07-01');
    expect(backwards.json()).toMatchObject({ status: 400, faults: [{ path: 'from' }] });
    expect((await asking(app).ask('/api/insights/summary?asOf=1&x=2')).json()).toMatchObject({
      faults: [{ path: 'x' }, { path: 'asOf' }],
    });
  });
});

describe('Cases delivered any number of times', () => {
  inFreshStore();

  it('are the same documents and counts', async () => {
    const stories = fc.sample(fc.nat(), { seed: 311, numRuns: 40 }).map((seed, n) => {
      const [story] = fc.sample(anyStory(numberOf(n)), { seed, numRuns: 1 });
      if (story === undefined) throw new Error('no story');
      return story;
    });
    const events = stories.flatMap((story) => story.events);
    await apply(events);
    const keys = stories.map(({ number }) => number);
    const once = await view.getMany(keys);
    const counted = await view.countAsOf(now, {}, ['state', 'department']);
    await apply(events);
    for (const { events: one } of stories) await apply(one.slice(-3));
    expect(await view.getMany(keys)).toEqual(once);
    expect(await view.countAsOf(now, {}, ['state', 'department'])).toEqual(counted);
  });
});

describe('The summary of any cases', () => {
  inFreshStore();

  it('agrees with the folds of their streams, at any moment', async () => {
    const app = await portalOver(view);
    try {
      const seeds = fc.sample(fc.nat(), { seed: 312, numRuns: 150 });
      const stories = seeds.flatMap((seed, n) => fc.sample(anyStory(numberOf(n)), { seed, numRuns: 1 }));
      await apply(stories.flatMap((story) => story.events));
      for (const asOf of [-10, 30, 100, 150, 220, 260, 320, 400, 900].map(minute)) {
        const folded = stories.flatMap(({ events }) => foldCaseAsOf(events, asOf) ?? []);
        const closed = folded.filter(({ status }) => status === 'closed');
        const open = folded.filter(({ status }) => status === 'open');
        const inTime = closed.filter(({ clocks }) => clocks.at(-1)?.onTime === true).length;
        const summary = await asking(app).summary(asOf);
        expect(summary).toMatchObject({
          open: open.length,
          closed: closed.length,
          overdue: open.filter(({ dueAt }) => dueAt !== null && dueAt < asOf).length,
          onTimeShare: closed.length === 0 ? null : Math.round((inTime / closed.length) * 10_000) / 10_000,
        });
        const works = folded.filter(
          ({ status, departmentId }) => status === 'open' && departmentId === 'PWDx',
        ).length;
        expect(summary.byDepartment.find(({ name }) => name === 'PWDx')?.open ?? 0).toBe(works);
        for (const parts of [summary.byDepartment, summary.byChannel, summary.byNeighborhood]) {
          expect(parts.reduce((sum, part) => sum + part.open, 0)).toBe(summary.open);
          expect(parts.reduce((sum, part) => sum + part.closed, 0)).toBe(summary.closed);
          expect(parts.reduce((sum, part) => sum + part.overdue, 0)).toBe(summary.overdue);
        }
      }
    } finally {
      await app.close();
    }
  });
});

describe('An export', () => {
  const { apply: project } = serviceRequestsProjection;
  const doc = new Story().open().events.reduce<ServiceRequestDoc | null>(project, null);

  it('never runs ahead of its reader, and stops when the reader leaves', async () => {
    let read = 0;
    let left = false;
    const hasLeft = (): boolean => left;
    const endless = {
      async *stream() {
        try {
          for (;;) {
            read += 1;
            if (read % 500 === 0) await pause(0);
            yield doc;
          }
        } finally {
          left = true;
        }
      },
    };
    const app = await portalOver(endless);
    try {
      await app.listen(0, '127.0.0.1');
      const request = get(`${await app.getUrl()}/open-data/service-requests.csv`);
      const settled = await new Promise<number>((resolve, reject) => {
        request.on('error', reject);
        request.on('response', (response) => {
          response.pause();
          void (async () => {
            // What the sockets between take in; then all stands still.
            for (let before = -1; before !== read; await pause(200)) before = read;
            const stopped = read;
            await pause(200);
            expect(read).toBe(stopped);
            request.destroy();
            resolve(stopped);
          })().catch(reject);
        });
      });
      expect(settled).toBeLessThan(200_000);
      for (let tries = 0; !hasLeft() && tries < 50; tries += 1) await pause(20);
      expect(hasLeft()).toBe(true);
    } finally {
      await app.close();
    }
  });

  it('answers 503 while its view is being rebuilt', async () => {
    const app = await portalOver({
      async *stream() {
        yield* [];
        throw new TransientError('waits for its rebuild');
      },
    });
    try {
      for (const form of ['csv', 'json']) {
        const answer = await asking(app).ask(`/open-data/service-requests.${form}`);
        expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
      }
    } finally {
      await app.close();
    }
  });
});
