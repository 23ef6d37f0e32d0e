import 'reflect-metadata';

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { standingOf, type CaseEvent } from '@city311/contracts';
import { makeCaseNumber } from '@city311/domain-intake';
import { openEventStoreDb, openSqliteEventStore, type EventStore } from '@city311/eventing';
import {
  caseTopicSource,
  createCaseHandler,
  createIncidentHandler,
  FollowParent,
  IncidentsConsumer,
  JoinCases,
} from '@city311/intake';
import { parseStreamName, streamName, type CaseNumber, type RecordedEvent } from '@city311/kernel';
import { startEventStoreDouble } from '@city311/testing';

import { circlesIn } from './in-log.js';
import { boston } from './small-city.js';

const rounds = 34;
const pothole = 'Public Works Department:Highway Maintenance:Request for Pothole Repair';
const at = '2026-06-01T16:00:00.000Z';

const { category } = parseStreamName(streamName('intake.case', makeCaseNumber(1)));
const categories = [category];

interface OpenedLog {
  readonly store: EventStore;
  readonly close: () => Promise<void>;
}
const engines: readonly (readonly [name: string, open: (folder: string) => Promise<OpenedLog>])[] = [
  [
    'the SQLite log',
    async (folder) => {
      const store = await openSqliteEventStore({ folder });
      return { store, close: () => store.close() };
    },
  ],
  [
    'EventStoreDB (protocol double)',
    async (folder) => {
      const server = await startEventStoreDouble({ folder });
      const store = await openEventStoreDb({ url: server.url });
      return { store, close: () => store.close().then(() => server.stop()) };
    },
  ],
];

/** Which of three cases joins which. */
const races: readonly (readonly [says: string, joins: readonly (readonly [number, number])[]])[] = [
  ['A joins B and B joins A', [[0, 1], [1, 0]]],
  ['A joins B and B joins C', [[0, 1], [1, 2]]],
  ['A joins B, B joins C and C joins A', [[0, 1], [1, 2], [2, 0]]],
]; // prettier-ignore

describe.each(engines)(`${rounds} rounds of two processes that join cases at once, over %s`, (_, open) => {
  let folder: string;
  let log: OpenedLog;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'joins-'));
    log = await open(folder);
  });
  afterEach(async () => {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  });

  const envelope = {
    source: '/test',
    time: at,
    actor: 'key:desk',
    jurisdiction: boston.jurisdiction,
    imported: false,
    correlationId: 'c',
  };
  const opened = async (caseNumber: CaseNumber): Promise<CaseNumber> => {
    const data = {
      caseNumber,
      jurisdiction: boston.jurisdiction,
      serviceCode: pothole,
      definitionVersion: 1,
      language: 'en',
      visibility: 'public',
      answers: [],
      place: { precision: 'unknown' },
      channel: 'Self Service',
      adapter: 'web',
      externalReferences: [],
      media: [],
      emergencyWords: [],
      openedAt: at,
      trackingHash: null,
    } as const;
    await createCaseHandler(log.store).handle(
      streamName('intake.case', caseNumber),
      { type: 'OpenCase', data },
      { ...envelope, subject: caseNumber },
    );
    return caseNumber;
  };
  /** What one process has in memory of cases, it does not share with the other. */
  const aProcess = () => {
    const cases = createCaseHandler(log.store);
    return {
      joining: new JoinCases(cases, boston),
      incidents: new IncidentsConsumer(
        cases,
        createIncidentHandler(log.store),
        new FollowParent(cases, boston),
        boston,
      ),
    };
  };
  const stored = async (): Promise<readonly RecordedEvent[]> =>
    (await log.store.readCategories(categories, null, 10_000)).events;

  it.each(races)(
    '%s: no circle at any moment, and no chain in the end',
    async (_, joins) => {
      const processes = [aProcess(), aProcess()];
      const taken = new Set<string>();
      let linked = 0;
      for (let round = 0; round < rounds; round += 1) {
        const three = await Promise.all(
          [0, 1, 2].map((n) => opened(makeCaseNumber(26_000_000_001 + 3 * round + n))),
        );
        await Promise.all(
          joins.map(async ([child, parent], n) => {
            const [caseNumber, other] = [three[child], three[parent]];
            if (caseNumber === undefined || other === undefined) return;
            await processes[n % 2]?.joining.join({ caseNumber, parent: other, at }, envelope);
          }),
        );
        // What was linked is heard by both of them, until nothing is new.
        for (let news = await untaken(three, taken); news.length > 0; news = await untaken(three, taken))
          await Promise.all(news.map(async (event, n) => processes[n % 2]?.incidents.onCase(event)));
        const standings = await Promise.all(three.map(standing));
        const parents = new Map(standings.map((one) => [one?.caseNumber, one?.parent ?? null]));
        for (const parent of parents.values())
          if (parent !== null) expect([round, parents.get(parent)]).toEqual([round, null]);
        linked += [...parents.values()].filter((parent) => parent !== null).length;
      }
      expect(circlesIn(await stored())).toEqual([]);
      expect(linked).toBeGreaterThanOrEqual(rounds);
    },
    120_000,
  );

  /** News of these cases that nobody was told yet. */
  const untaken = async (cases: readonly CaseNumber[], taken: Set<string>): Promise<readonly CaseEvent[]> => {
    const streams = await log.store.readStreams(cases.map((one) => streamName('intake.case', one)));
    const fresh = [...streams.values()].flat().filter(({ id }) => !taken.has(id));
    for (const { id } of fresh) taken.add(id);
    return fresh.flatMap((event) => (caseTopicSource.translate(event) as CaseEvent | null) ?? []);
  };
  const standing = async (caseNumber: CaseNumber) => {
    const events = await log.store.readStream(streamName('intake.case', caseNumber));
    return standingOf(
      events.flatMap((event) => (caseTopicSource.translate(event) as CaseEvent | null) ?? []),
    );
  };
});
