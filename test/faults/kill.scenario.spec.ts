import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { loadCity } from '@city311/city';

import { between, randomOf } from '../generated/random.js';
import { buildIfStale } from '../server/build.js';
import { Client } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { itemsOf, textOf } from '../server/json.js';
import { readFigures } from '../simulate/figures-file.js';
import { findAnomalies } from './checker.js';
import { mailsIn, readLog, rebuildAll, shownCases, shownNotices, shownOrders } from './collect.js';
import type { History } from './history.js';
import { Crews, TriageClerk } from './load/crews.js';
import { Doors } from './load/doors.js';
import { Reporters } from './load/reporters.js';
import { ServerLives } from './load/server-lives.js';

const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
const kills = Number(process.env['FAULT_KILLS'] ?? 20);
const shownAnomalies = 25;

/** Notices queued by a process that was killed are taken up again after a grace period. */
const untilNoticesEnded = async (client: Client, withinMs: number): Promise<void> => {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await pause(200)) {
    const waiting = (await shownNotices(client)).filter(
      ({ status }) => !['sent', 'suppressed'].includes(status),
    );
    if (waiting.length === 0) return;
  }
};

describe(`A process that is killed ${kills} times under load`, () => {
  const random = randomOf(seed);
  const defects: string[] = [];
  const onDefect = (says: string): number => defects.push(says);
  let dataDir = '';

  beforeAll(() => {
    buildIfStale();
    dataDir = mkdtempSync(join(tmpdir(), 'city311-faults-'));
    process.stdout.write(`FAULT_SEED=${seed} FAULT_KILLS=${kills}\n`);
  }, 120_000);
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it(
    'keeps every promise that it made',
    async () => {
      const city = loadCity('boston');
      const figures = readFigures('boston');
      const first = new ServerLives(dataDir, []);
      const [channelKey, operatorKey] = await (async () => {
        const server = await first.start();
        return [await server.createKey('adapter', 'channel'), await server.createKey('desk', 'operator')];
      })();
      await first.stop();

      const channel = new Doors(channelKey, onDefect);
      const desk = new Doors(operatorKey, onDefect);
      const lives = new ServerLives(dataDir, [channel, desk]);
      const reporters = ['north', 'south', 'west'].map(
        (name, index) => new Reporters(channel, randomOf(seed + index), name, city, figures),
      );
      const crews = [
        new Crews(desk, randomOf(seed + 10), 'crew-1', 1),
        new Crews(desk, randomOf(seed + 11), 'crew-2', 0.15),
      ] as const;
      const clerk = new TriageClerk(desk, randomOf(seed + 12), crews[0]);
      const stop = new AbortController();
      const working = Promise.all([...reporters, ...crews, clerk].map((each) => each.work(stop.signal)));

      for (let count = 0; count < kills; count += 1) {
        if (count % 5 === 4) {
          await lives.killWhileStarting(between(random, 50, 900));
          continue;
        }
        await lives.start();
        await pause(between(random, 300, 2_500));
        await lives.kill();
      }
      const server = await lives.start();
      stop.abort();
      await working;

      const client = new Client(server.url, operatorKey);
      expect(await untilDrained(client)).toBe(true);
      await untilNoticesEnded(client, 30_000);
      expect(await untilDrained(client)).toBe(true);
      const reports = reporters.flatMap((each) => each.reports);
      const answered = reports.flatMap(({ answers }) => answers.map((told) => told?.caseNumber ?? ''));
      const log = await readLog(dataDir);
      const inLog = log.flatMap(({ type, subject }) => (type === 'intake.CaseOpened.v1' ? [subject] : []));
      const cases = await shownCases(client, [...inLog, ...answered.filter((number) => number !== '')]);
      const [orders, notices] = [await shownOrders(client), await shownNotices(client)];
      const rebuilt = await rebuildAll(client);
      const status = await client.send({ path: '/api/status' });
      const peakMemoryMb = server.peakMemoryMb();
      client.close();
      await lives.stop();

      const history: History = {
        reports,
        actions: reporters.flatMap(({ actions }) => actions),
        moves: crews.flatMap(({ moves }) => moves),
        defects,
        log: await readLog(dataDir),
        cases,
        orders,
        notices,
        mails: mailsIn(join(dataDir, 'mail')),
        rebuilt,
        parked: itemsOf(status.body, 'groups')
          .map(({ group, parked }) => ({ group: textOf(group), parked: Number(parked) }))
          .filter(({ parked }) => parked > 0),
      };
      const count = (type: string): number => history.log.filter((event) => event.type === type).length;
      const work = {
        cases: count('intake.CaseOpened.v1'),
        events: history.log.length,
        lost: channel.lost + desk.lost,
        repeated: reports.filter(({ answers }) => answers.length > 1).length,
        routed: count('intake.CaseRouted.v1'),
        closed: count('intake.CaseClosed.v1'),
        comments: count('intake.CommentAdded.v1'),
        withdrawn: count('intake.CaseWithdrawn.v1'),
        reopened: count('intake.CaseReopened.v1'),
        handedBack: count('departments.WorkOrderHandedBack.v1'),
        linked: count('intake.CaseLinked.v1'),
        mails: history.mails.length,
        startMs: Math.max(...lives.startMs),
        peakMemoryMb,
      };
      process.stdout.write(`${JSON.stringify(work)}\n`);

      const anomalies = findAnomalies(history);
      expect(anomalies.slice(0, shownAnomalies)).toEqual([]);
      expect(work.cases).toBeGreaterThan(10 * kills);
      expect(work.events).toBeGreaterThan(80 * kills);
      expect(work.lost).toBeGreaterThanOrEqual(kills / 2);
      for (const done of [work.closed, work.comments, work.mails]) expect(done).toBeGreaterThan(2 * kills);
      for (const done of [work.withdrawn, work.handedBack]) expect(done).toBeGreaterThan(kills / 4);
      for (const done of [work.reopened, work.linked]) expect(done).toBeGreaterThan(0);
    },
    60_000 + 12_000 * kills,
  );
});
