import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { loadCity } from '@city311/city';

import { readLog } from '../faults/collect.js';
import { buildIfStale } from '../server/build.js';
import { Client, type Answer } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { itemsOf, textOf } from '../server/json.js';
import { StartedServer } from '../server/started-server.js';
import { breachesIn, circlesIn } from './in-log.js';

const rounds = 20;
const light = 'Public Works Department:Street Lights:Street Light Outages';

/** What an operator asks of a case; `to` is another of the three. */
type Asked = readonly [of: 0 | 1 | 2, what: 'link' | 'close' | 'reclassify' | 'withdraw', to?: 0 | 1 | 2];

const races: readonly { readonly says: string; readonly asked: readonly Asked[] }[] = [
  { says: 'A joins B and B joins A', asked: [[0, 'link', 1], [1, 'link', 0]] },
  { says: 'A joins B and B joins C', asked: [[0, 'link', 1], [1, 'link', 2]] },
  { says: 'A joins B, B joins C and C joins A', asked: [[0, 'link', 1], [1, 'link', 2], [2, 'link', 0]] },
  { says: 'A joins B, which is closed', asked: [[0, 'link', 1], [1, 'close']] },
  { says: 'A joins B, which is withdrawn', asked: [[0, 'link', 1], [1, 'withdraw']] },
  { says: 'A joins B, which is given another service', asked: [[0, 'link', 1], [1, 'reclassify']] },
]; // prettier-ignore

const bodyOf = (what: Asked[1], parent: string): object => {
  switch (what) {
    case 'link':
      return { parent };
    case 'close':
      return { outcome: 'resolved', text: 'Done' };
    case 'reclassify':
      return { serviceCode: light };
    case 'withdraw':
      return {};
  }
};

describe(`${races.length * rounds} rounds of operators at the same two cases, on a process as it is run`, () => {
  const city = loadCity('boston');
  let server: StartedServer;
  let web: Client;
  let desk: Client;

  beforeAll(async () => {
    buildIfStale();
    server = await StartedServer.start();
    web = new Client(server.url, await server.createKey('web', 'operator'));
    desk = new Client(server.url, await server.createKey('desk', 'operator'));
  }, 300_000);
  afterAll(async () => {
    web.close();
    desk.close();
    await server.stop();
  }, 60_000);

  const report = (id: string) => ({
    specversion: '1.0',
    id,
    source: '/joins',
    type: 'city311.report.submitted.v1',
    data: {
      serviceCode: 'REQPOTHL',
      description: 'A hole',
      location: { latitude: 42.3339, longitude: -71.0805 },
    },
  });
  const opened = async (name: string, count: number): Promise<readonly string[]> => {
    const { body } = await web.send({
      path: '/events',
      contentType: 'application/cloudevents-batch+json',
      body: Array.from({ length: count }, (_, index) => report(`${name}-${index}`)),
    });
    return itemsOf(body, 'results').map(({ caseNumber }) => textOf(caseNumber));
  };
  const withdrawal = (id: string, caseNumber: string) => ({
    path: '/events',
    contentType: 'application/cloudevents+json',
    body: { ...report(id), type: 'city311.report.withdrawn.v1', data: { caseNumber } },
  });
  const ask = (three: readonly string[], [of, what, to = 0]: Asked): Promise<Answer> => {
    const caseNumber = three[of] ?? '';
    return what === 'withdraw'
      ? desk.once(withdrawal(`w-${caseNumber}`, caseNumber))
      : desk.once({ path: `/api/cases/${caseNumber}/${what}`, body: bodyOf(what, three[to] ?? '') });
  };

  it.each(races)(
    '$says: no circle, no chain, nobody stranded',
    async ({ says, asked }) => {
      const cases = await opened(says, 3 * rounds);
      expect(cases).toHaveLength(3 * rounds);
      // Half of the rounds begin while the routes are still under way.
      const answers: Answer[] = [];
      for (let round = 0; round < rounds; round += 1) {
        if (round === rounds / 2) await untilDrained(desk);
        const three = cases.slice(3 * round, 3 * round + 3);
        answers.push(...(await Promise.all(asked.map((one) => ask(three, one)))));
      }
      expect(
        answers.map(({ status }) => status).filter((status) => ![200, 201, 409].includes(status)),
      ).toEqual([]);
      expect(await untilDrained(desk)).toBe(true);
      const log = await readLog(server.dataDir);
      expect(circlesIn(log)).toEqual([]);
      expect(breachesIn(log, city).map(({ says: wrong }) => wrong)).toEqual([]);
      const linked = log.filter(
        ({ type, subject }) => type === 'intake.CaseLinked.v1' && cases.includes(subject),
      );
      expect(linked.length).toBeGreaterThanOrEqual(rounds / 4);
    },
    120_000,
  );
});
