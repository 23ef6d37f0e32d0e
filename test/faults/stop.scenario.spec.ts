import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { openSqliteEventStore } from '@city311/eventing';
import { streamName } from '@city311/kernel';

import { buildIfStale } from '../server/build.js';
import { membersOf, textOf } from '../server/json.js';
import { StartedServer } from '../server/started-server.js';

const residents = 12;

/** What became of one report. */
interface Sent {
  readonly status: number;
  readonly caseNumber: string;
  /** Whether the answer said that it is the last of its connection. */
  readonly isLast: boolean;
  /** Why there is no answer; empty where there is one. */
  readonly broke: string;
  /** Begun after the process was told to stop. */
  readonly isLate: boolean;
}

const report = (id: string): string =>
  JSON.stringify({
    specversion: '1.0',
    id,
    source: 'urn:stop',
    type: 'city311.report.submitted.v1',
    data: {
      serviceCode: 'REQPOTHL',
      description: 'Deep hole in the right lane',
      location: { latitude: 42.3479, longitude: -71.0745, address: '700 Boylston St' },
    },
  });

const post = (url: string, key: string, agent: Agent, body: string, isLate: boolean): Promise<Sent> =>
  new Promise((resolve) => {
    const headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/cloudevents+json',
      'content-length': Buffer.byteLength(body),
    };
    const sent = request(`${url}/events`, { agent, method: 'POST', headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const said: unknown = JSON.parse(Buffer.concat(chunks).toString());
        resolve({
          status: answer.statusCode ?? 0,
          caseNumber: textOf(membersOf(said)['caseNumber']),
          isLast: answer.headers.connection === 'close',
          broke: '',
          isLate,
        });
      });
    });
    sent.on('error', (error: Error & { readonly code?: string }) => {
      resolve({ status: 0, caseNumber: '', isLast: true, broke: error.code ?? error.message, isLate });
    });
    sent.end(body);
  });

/** Somebody whose connection is kept and who reports again and again, until nobody listens there any more. */
const reporting = async (
  url: string,
  key: string,
  name: string,
  who: number,
  crowd: { readonly stopping: boolean; readonly enough: boolean },
): Promise<readonly Sent[]> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const all: Sent[] = [];
  try {
    for (let nth = 0; !crowd.enough; nth += 1) {
      const sent = await post(url, key, agent, report(`${name}-${String(nth)}`), crowd.stopping);
      if (sent.broke === 'ECONNREFUSED') break;
      all.push(sent);
      if (who % 3 !== 0) await pause(20 * (who % 3));
    }
    return all;
  } finally {
    agent.destroy();
  }
};

const countBy = (all: readonly Sent[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { status, broke } of all) {
    const what = broke === '' ? String(status) : broke;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
};

/** Those of the numbers that the log on the disk has no case for. */
const missingIn = async (dataDir: string, numbers: readonly string[]): Promise<readonly string[]> => {
  const store = await openSqliteEventStore({ folder: dataDir });
  try {
    const lengths = await Promise.all(
      numbers.map(async (number) => (await store.readStream(streamName('intake.case', number))).length),
    );
    return numbers.filter((_, index) => lengths[index] === 0);
  } finally {
    await store.close();
  }
};

interface Crowd {
  stopping: boolean;
  enough: boolean;
  readonly sent: Promise<readonly Sent[]>;
}

describe('Two processes on one folder, told to stop one after the other while reports come in on kept connections', () => {
  let folder = '';
  let drained: readonly Sent[] = [];
  let undrained: readonly Sent[] = [];

  beforeAll(async () => {
    buildIfStale();
    folder = mkdtempSync(join(tmpdir(), 'city311-stop-'));
    const start = (drainMs: number): Promise<StartedServer> =>
      StartedServer.start({ dataDir: folder, env: { DRAIN_MS: String(drainMs), LOG_LEVEL: 'silent' } });
    const [first, second] = [await start(1_000), await start(0)];
    const key = await second.createKey('web', 'channel');
    const crowdAt = (url: string, name: string): Crowd => {
      const crowd = { stopping: false, enough: false };
      const sent = Promise.all(
        Array.from({ length: residents }, (_, who) =>
          reporting(url, key, `${name}-${String(who)}`, who, crowd),
        ),
      );
      return Object.assign(crowd, { sent: sent.then((all) => all.flat()) });
    };
    const stop = async (server: StartedServer, crowd: Crowd): Promise<readonly Sent[]> => {
      crowd.stopping = true;
      await server.stop();
      crowd.enough = true;
      return crowd.sent;
    };
    const [here, there] = [crowdAt(first.url, 'here'), crowdAt(second.url, 'there')];
    await pause(1_000);
    drained = await stop(first, here);
    await pause(500);
    undrained = await stop(second, there);
  }, 300_000);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('answer every report, none with 503, while the one drains and the other goes on alone', () => {
    expect(countBy(drained)).toEqual({ 201: drained.length });
    expect(countBy(undrained)).toEqual({ 201: undrained.length });
  });

  it('take reports for as long as they were told to, and each answer ends its connection', () => {
    const late = drained.filter(({ isLate }) => isLate);
    expect(late.length).toBeGreaterThan(residents / 2);
    expect(late.filter(({ isLast }) => !isLast)).toEqual([]);
    expect(undrained.some(({ isLast }) => isLast)).toBe(true);
  });

  it('have every case in the log that they have answered with', async () => {
    const numbers = [...drained, ...undrained].map(({ caseNumber }) => caseNumber);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(await missingIn(folder, numbers)).toEqual([]);
  });
});
