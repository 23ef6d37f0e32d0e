import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { buildIfStale } from '../server/build.js';
import { Client } from '../server/client.js';
import { itemsOf, membersOf, textOf } from '../server/json.js';
import { StartedServer } from '../server/started-server.js';
import { everyItem } from './collect.js';
import { keysFor } from './load/server-lives.js';
import { MoodyMailServer } from './load/smtp.js';
import { post, potholeReport, until } from './reports.js';

const reportsEach = 5;

describe('A mail server in trouble', () => {
  let dataDir = '';
  let mailServer: MoodyMailServer;
  let server: StartedServer;
  let client: Client;

  beforeAll(async () => {
    buildIfStale();
    dataDir = mkdtempSync(join(tmpdir(), 'city311-faults-'));
    const { operator } = await keysFor(dataDir);
    mailServer = await MoodyMailServer.start();
    server = await StartedServer.start({ dataDir, env: { SMTP_URL: mailServer.url } });
    client = new Client(server.url, operator);
  }, 300_000);
  afterAll(async () => {
    client.close();
    await server.stop();
    await mailServer.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 300_000);

  const report = async (name: string): Promise<readonly string[]> => {
    const numbers: string[] = [];
    for (let count = 0; count < reportsEach; count += 1)
      numbers.push((await post(client, potholeReport(`${name}-${count}`))).caseNumber);
    return numbers;
  };
  const noticesOf = async (caseNumbers: readonly string[]) =>
    (await everyItem(client, '/api/notices')).filter(({ caseNumber }) =>
      caseNumbers.includes(textOf(caseNumber)),
    );
  const allAre = async (caseNumbers: readonly string[], status: string): Promise<boolean> => {
    const notices = await noticesOf(caseNumbers);
    return notices.length >= reportsEach && notices.every((notice) => notice['status'] === status);
  };
  const arrivalsOf = (notices: readonly Readonly<Record<string, unknown>>[]) => {
    const ids = new Set(notices.map(({ messageId }) => textOf(messageId)));
    return mailServer.arrived.filter(({ messageId }) => ids.has(messageId));
  };

  it('delays what it refuses and what it swallows, shows both, and loses and doubles nothing', async () => {
    mailServer.mood = 'refuses';
    const refused = await report('refused');
    await until('refused notices are shown as failed', () => allAre(refused, 'failed'), 15_000);
    for (const { nextTryAt, reason } of await noticesOf(refused)) {
      expect(Date.parse(textOf(nextTryAt))).toBeGreaterThan(Date.now());
      expect(reason).toContain('451');
      expect(reason).not.toContain('@');
    }

    mailServer.mood = 'hangs-up';
    const swallowed = await report('swallowed');
    await until('swallowed notices are shown as uncertain', () => allAre(swallowed, 'uncertain'), 15_000);
    // They are tried again, with a breath between the tries.
    await until(
      'a second try',
      async () => {
        const arrived = arrivalsOf(await noticesOf(swallowed));
        return arrived.length > reportsEach;
      },
      25_000,
    );
    await pause(10_000);
    expect(arrivalsOf(await noticesOf(swallowed)).length).toBeLessThanOrEqual(4 * reportsEach);

    mailServer.mood = 'takes';
    await until(
      'everything was sent',
      async () => (await allAre(refused, 'sent')) && allAre(swallowed, 'sent'),
      75_000,
    );
    for (const notice of await noticesOf([...refused, ...swallowed])) {
      const taken = arrivalsOf([notice]).filter(({ answered }) => answered);
      expect({ notice: notice['noticeId'], taken: taken.length }).toEqual({
        notice: notice['noticeId'],
        taken: 1,
      });
    }
    // Nothing of it held anybody else up.
    const { body } = await client.send({ path: '/api/status' });
    for (const group of itemsOf(body, 'groups')) expect(group).toMatchObject({ parked: 0, lag: 0 });
    expect(membersOf(body)['drained']).toBe(true);
  }, 300_000);
});
