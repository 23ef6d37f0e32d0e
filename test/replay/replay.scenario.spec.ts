import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { loadCity } from '@city311/city';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { generateRows, generatedAsOf } from '../generated/rows.js';
import { buildIfStale } from '../server/build.js';
import { Client } from '../server/client.js';
import { projectRoot, StartedServer } from '../server/started-server.js';
import type { BlockRow, SourceRow } from './columns.js';
import { readFileRows } from './read-rows.js';
import { replay, type ReplayResult } from './replay.js';
import { faultsOf, reportLines } from './report.js';

const seed = Number(process.env['SEED'] ?? '311');
const floors = { column: 99.5, ontime: 99 };
const realFile = join(
  resolve(projectRoot, process.env['CITY_DATA'] ?? '../shared/data'),
  'boston-311-sample.csv.gz',
);

const say = (line: string): void => void process.stdout.write(`${line}\n`);

let server: StartedServer;
let client: Client;

beforeAll(async () => {
  buildIfStale();
  server = await StartedServer.start();
  client = new Client(server.url, await server.createKey('replay', 'importer'));
}, 180_000);

afterAll(async () => {
  const obituary = server.obituary();
  if (obituary !== null) say(obituary);
  client.close();
  await server.stop();
}, 40_000);

const blockRows = (rows: readonly SourceRow[]): readonly BlockRow[] =>
  rows.map((row) => ({ block: '', row }));

const expectPassed = (result: ReplayResult, allowed = floors): void => {
  const faults = faultsOf(result, allowed);
  if (faults.length > 0) say(reportLines(result, allowed).join('\n'));
  expect(faults).toEqual([]);
};

describe('a city’s history, played through the public doors', () => {
  it('comes out as it went in: 5,000 generated rows of every kind', async () => {
    const { rows, kinds } = generateRows(loadCity('boston'), { seed, count: 5_000 });
    say(`seed ${seed}: ${[...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ')}`);
    const result = await replay(client, blockRows(rows), { asOf: generatedAsOf });
    expectPassed(result);
    expect(result.rowsIn).toBe(5_000);
    expect(result.played.reopened).toBe(kinds.get('reopened'));
    expect(result.findings.closedOut).toBe(result.findings.closedIn);
    say(`${Math.round(result.rowsIn / result.played.seconds)} rows/s`);
  }, 180_000);

  it('exports the true ontime where the input lies about it', async () => {
    const { rows, falsified } = generateRows(loadCity('boston'), {
      seed: seed + 1,
      count: 500,
      falsifyEvery: 3,
      firstId: 95_000_000,
    });
    const result = await replay(client, blockRows(rows), { asOf: generatedAsOf });
    const kinds = result.findings.comparison.differences().filter(({ column }) => column === 'ontime');
    expect(kinds.map(({ cause, count }) => [cause, count])).toEqual([
      ['source: ontime against its own times', falsified.size],
    ]);
    expectPassed(result, { column: 99.4, ontime: 0 });
  }, 120_000);

  it('makes no second case of what is played twice', async () => {
    const { rows } = generateRows(loadCity('boston'), { seed, count: 300 });
    const again = await replay(client, blockRows(rows), { asOf: generatedAsOf });
    expect(again.played.failures).toEqual([]);
    expect(again.findings.doubled).toEqual([]);
    expect(again.findings.lost).toEqual([]);
  }, 120_000);

  if (existsSync(realFile)) {
    it('comes out as it went in: the first 2,000 rows of the real file', async () => {
      const result = await replay(client, readFileRows(realFile, { limit: 2_000 }));
      expectPassed(result);
      expect(result.rowsIn).toBe(2_000);
    }, 180_000);
  } else {
    say(`NOT TESTED: there is no ${realFile}; set CITY_DATA to the folder that has it`);
    it.skip('is not tested with the real file: set CITY_DATA to the folder that has it', () => undefined);
  }
});
