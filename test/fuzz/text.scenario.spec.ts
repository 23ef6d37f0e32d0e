import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse as parseCsv } from 'csv-parse/sync';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { unguardedCell } from '@city311/contracts';

import { keysFor } from '../faults/load/server-lives.js';
import { buildIfStale } from '../server/build.js';
import { Client } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { itemsOf, membersOf, textOf } from '../server/json.js';
import { StartedServer } from '../server/started-server.js';
import { eventOf } from './doors.js';
import { RawClient, type RawAnswer } from './raw-request.js';
import { readXml } from './read-xml.js';

const seed = Number(process.env['FUZZ_SEED'] ?? 311);
const rounds = 120;

const odd = fc.constantFrom(
  ...'=+-@\'"<>&,;\t\r\n',
  ...'\u00a0\u200b\u2028\u0085\u3000',
  ...'\u202e\u2067\u200f\u0301\u200d',
  '\u0000',
  '\ufffe',
  '\ud83d',
  ']]>',
  '<!--',
  'a',
  '坑',
  '👩‍👩‍👧‍👦',
);
const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: odd, minLength: 1, maxLength: 8 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }) },
);
const texts = fc.sample(anyText, { seed, numRuns: rounds });

const unclean =
  /[\u202a-\u202e\u2066-\u2069\r\u0085\u2028]|[^\P{Cc}\t\n]|\p{Noncharacter_Code_Point}|\p{Surrogate}/u;
const stringsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
};

/** Whatever is said in any member of any door, what is answered afterwards can be read by whoever reads its form. */
describe('Whatever people write', () => {
  let dataDir = '';
  let server: StartedServer;
  let client: Client;
  let raw: RawClient;
  let key = '';
  const taken: string[] = [];
  const statuses = new Map<number, number>();

  beforeAll(async () => {
    buildIfStale();
    dataDir = mkdtempSync(join(tmpdir(), 'city311-text-'));
    key = (await keysFor(dataDir)).operator;
    server = await StartedServer.start({ dataDir });
    client = new Client(server.url, key);
    raw = new RawClient(server.url);
  }, 180_000);
  afterAll(async () => {
    client.close();
    raw.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  const send = async (path: string, body: unknown, contentType = 'application/json'): Promise<unknown> => {
    const answer = await client.send({ method: 'POST', path, body, contentType });
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    expect({ path, body, status: answer.status < 500 }).toEqual({ path, body, status: true });
    expect(answer.body).toBeDefined();
    return answer.body;
  };
  const event = (id: string, type: string, data: unknown): Promise<unknown> =>
    send('/events', eventOf(id, type, data), 'application/cloudevents+json');
  const get = (path: string): Promise<RawAnswer> =>
    raw.send({ method: 'GET', path, headers: { authorization: `Bearer ${key}` }, body: null });

  /** The text in each member by turns, so that one that is refused hides no other. */
  const reports = (text: string): readonly object[] => {
    const place = { latitude: 42.3479, longitude: -71.0745 };
    const contact = { email: 'ann@example.org', consent: true };
    const sound = { serviceCode: 'REQPOTHL', description: 'Hole', location: place, contact };
    return [
      { ...sound, description: text, title: text },
      { ...sound, location: { ...place, address: text, street: text } },
      { ...sound, contact: { ...contact, firstName: text, lastName: text } },
      { ...sound, serviceCode: 'STRLGTOUT', answers: [{ code: 'pole', value: text }] },
      { ...sound, answers: [{ code: text, value: [text, 'b'] }] },
      { ...sound, media: [{ url: `https://example.org/${text}` }] },
      { ...sound, location: { ...place, zip: text, addressId: text } },
      { ...sound, serviceCode: text, channel: text, language: text },
    ];
  };

  it('is taken or refused, at every door', async () => {
    for (const [round, text] of texts.entries()) {
      const body = reports(text)[round % 8];
      const opened = membersOf(await event(`text-${round}`, 'submitted', body));
      const form = { service_code: 'REQPOTHL', lat: '42.3479', long: '-71.0745', description: text };
      const [first] = [await send('/open311/v2/requests.json', { ...form, api_key: key })].flat();
      const number = membersOf(first)['service_request_id'] ?? opened['caseNumber'];
      if (typeof number !== 'string') continue;
      taken.push(number);
      await event(`said-${round}`, 'commented', { caseNumber: number, text });
      const doors = [
        () => send(`/api/cases/${number}/close`, { outcome: 'noted', outcomeLabel: text, text }),
        () => send(`/api/cases/${number}/refer`, { agency: text }),
        () => send(`/api/cases/${number}/link`, { parent: text }),
        () => event(`gone-${round}`, 'withdrawn', { caseNumber: number, reason: text }),
        () => send('/api/subscriptions', { caseNumber: number, contact: { ...followed, firstName: text } }),
      ];
      await doors[round % doors.length]?.();
    }
    expect(await untilDrained(client)).toBe(true);
    const orders = itemsOf((await client.send({ path: '/api/work-orders?limit=200' })).body, 'items');
    for (const [index, order] of orders.entries()) {
      const text = texts[index % rounds] ?? '';
      const path = `/api/work-orders/${textOf(order['workOrderId'])}`;
      await send(`${path}/claim`, { by: text });
      await send(`${path}/accept`, {});
      await send(`${path}/start`, {});
      await send(`${path}/pause`, { reason: text });
      await send(`${path}/resume`, {});
      if (index % 3 === 0) await send(`${path}/hand-back`, { reason: text });
      await send(`${path}/complete`, { outcome: 'resolved', outcomeLabel: text, text, stamp: text });
    }
    expect(await untilDrained(client)).toBe(true);
    process.stdout.write(
      `${taken.length} cases, ${orders.length} orders, ${JSON.stringify([...statuses])}\n`,
    );
    expect(taken.length).toBeGreaterThan(rounds / 2);
    expect(orders.length).toBeGreaterThan(rounds / 4);
    const { body } = await client.send({ path: '/api/status' });
    expect(itemsOf(body, 'groups').filter(({ parked }) => parked !== 0)).toEqual([]);
  }, 240_000);

  it('stands clean in every JSON answer, and in well-formed XML that says the same', async () => {
    for (const number of taken) {
      const told = JSON.parse((await get(`/open311/v2/requests/${number}.json`)).text) as unknown;
      const [{ description = '' } = {}] = readXml((await get(`/open311/v2/requests/${number}.xml`)).text);
      const [first] = [told].flat();
      expect(description).toBe(membersOf(first)['description']);
      const views = [told, JSON.parse((await get(`/api/cases/${number}/staff`)).text) as unknown];
      expect(stringsIn(views).filter((said) => unclean.test(said))).toEqual([]);
    }
    for (const path of [
      '/api/work-orders?limit=500',
      '/api/routing/triage',
      '/api/notices?limit=500',
      '/api/insights/summary',
    ]) {
      const { status, text } = await get(path);
      expect({ path, status }).toEqual({ path, status: 200 });
      expect(stringsIn(JSON.parse(text)).filter((said) => unclean.test(said))).toEqual([]);
    }
  }, 120_000);

  it('stands in the open data as CSV without formulas, cell by cell what its JSON says', async () => {
    const csv = (await get('/open-data/service-requests.csv')).text;
    const rows: readonly Readonly<Record<string, string>>[] = parseCsv(csv, { columns: true });
    const cells = rows.flatMap((row) =>
      Object.entries(row).flatMap(([column, cell]) => (column === 'longitude' ? [] : [cell])),
    );
    expect(cells.filter((cell) => /^[\s\u200b]*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(cell))).toEqual([]);
    expect(rows.filter(({ longitude }) => longitude !== '' && Number.isNaN(Number(longitude)))).toEqual([]);
    const read = rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, unguardedCell(cell)])),
    );
    expect(read).toEqual(JSON.parse((await get('/open-data/service-requests.json')).text));
  });

  it('stands in mails that a mail program reads', async () => {
    const folder = join(dataDir, 'mail');
    const files = readdirSync(folder);
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      const { text = '', html, subject, bcc } = await simpleParser(readFileSync(join(folder, file)));
      expect({ file, bcc, subject: subject ?? '' }).toMatchObject({
        bcc: undefined,
        subject: expect.stringMatching(/\d{12}/),
      });
      expect([text, String(html)].filter((part) => unclean.test(part))).toEqual([]);
    }
  });
});

const followed = { email: 'ben@example.org', consent: true };
