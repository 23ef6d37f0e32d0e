import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { between, randomOf } from '../generated/random.js';
import { buildIfStale } from '../server/build.js';
import { Client } from '../server/client.js';
import { findAnomalies } from './checker.js';
import { mailsIn } from './collect.js';
import { countOf, gather } from './gather.js';
import type { History } from './history.js';
import { crowdOf, type Crowd } from './load/crowd.js';
import { keysFor, ServerLives } from './load/server-lives.js';
import { told } from './told.js';

const seed = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
const kills = Number(process.env['FAULT_KILLS'] ?? 20);

/** How much was done, so that nobody takes an idle run for a proof. */
const workIn = (history: History, { doors }: Crowd) => ({
  cases: countOf(history, 'intake.CaseOpened.v1'),
  events: history.log.length,
  lostAnswers: doors.reduce((sum, { lost }) => sum + lost, 0),
  repeatedReports: history.reports.filter(({ answers }) => answers.length > 1).length,
  routed: countOf(history, 'intake.CaseRouted.v1'),
  closed: countOf(history, 'intake.CaseClosed.v1'),
  comments: countOf(history, 'intake.CommentAdded.v1'),
  withdrawn: countOf(history, 'intake.CaseWithdrawn.v1'),
  reopened: countOf(history, 'intake.CaseReopened.v1'),
  handedBack: countOf(history, 'departments.WorkOrderHandedBack.v1'),
  linked: countOf(history, 'intake.CaseLinked.v1'),
  mails: history.mails.length,
});

describe(`A process that is killed ${kills} times under load`, () => {
  const random = randomOf(seed);
  let dataDir = '';
  let crowd: Crowd | undefined;
  let lives: ServerLives | undefined;

  beforeAll(() => {
    buildIfStale();
    dataDir = mkdtempSync(join(tmpdir(), 'city311-faults-'));
    process.stdout.write(`FAULT_SEED=${seed} FAULT_KILLS=${kills}\n`);
  }, 300_000);
  afterAll(async () => {
    crowd?.dismiss();
    await lives?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  it(
    'keeps every promise that it made',
    async () => {
      const keys = await keysFor(dataDir);
      crowd = crowdOf(seed, keys);
      lives = new ServerLives(dataDir, crowd.doors);
      const working = crowd.work();
      for (let count = 1; count <= kills; count += 1) {
        // One in five dies before it is ready.
        if (count % 5 === 0) {
          await lives.killWhileStarting(between(random, 50, 900));
          continue;
        }
        await lives.start();
        await pause(between(random, 300, 2_500));
        await lives.kill();
      }
      const server = await lives.start();
      crowd.stop();
      await working;

      const client = new Client(server.url, keys.operator);
      const history = await gather(client, dataDir, crowd, () => mailsIn(join(dataDir, 'mail')));
      const work = workIn(history, crowd);
      const figures = {
        ...work,
        slowestStartMs: Math.max(...lives.startMs),
        peakMemoryMb: server.peakMemoryMb(),
      };
      process.stdout.write(`${JSON.stringify(figures)}\n`);
      client.close();
      await lives.stop();

      expect(told(history, findAnomalies(history))).toEqual({ anomalies: [], log: [] });
      expect(work.cases).toBeGreaterThan(10 * kills);
      expect(work.events).toBeGreaterThan(80 * kills);
      expect(work.lostAnswers).toBeGreaterThanOrEqual(kills / 2);
      for (const done of [work.closed, work.comments, work.mails]) expect(done).toBeGreaterThan(2 * kills);
      for (const done of [work.withdrawn, work.handedBack]) expect(done).toBeGreaterThan(kills / 4);
      for (const done of [work.reopened, work.linked]) expect(done).toBeGreaterThan(0);
    },
    60_000 + 12_000 * kills,
  );
});
