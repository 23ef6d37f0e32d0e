import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse as parseCsv } from 'csv-parse/sync';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { unguardedCell } from '@city311/contracts';
import type { RecordedEvent } from '@city311/kernel';
import { cleanLine, cleanText } from '@city311/platform';

import { readLog } from '../faults/collect.js';
import { keysFor } from '../faults/load/server-lives.js';
import { until } from '../faults/reports.js';
import { pick, randomOf } from '../generated/random.js';
import { buildIfStale } from '../server/build.js';
import { Client } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { itemsOf, membersOf, textOf } from '../server/json.js';
import { StartedServer } from '../server/started-server.js';
import { complaintsOf } from './complaints.js';
import { doorsOf, eventOf, reportData, requestOf, type Known } from './doors.js';
import { hostileRequests } from './hostile.js';
import { mutated } from './mutate.js';
import { oddTexts } from './odd-values.js';
import { RawClient, type RawAnswer, type RawRequest } from './raw-request.js';

const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 2_000);
const atOnce = 4;
const memoryLimitMb = 800;

const shown = ({ method, path, headers, body }: RawRequest, { status, text }: RawAnswer): string =>
  `${method} ${path.slice(0, 200)} ${headers['content-type'] ?? ''} ${body?.toString().slice(0, 600) ?? ''} -> ${status} ${text.slice(0, 400)}`;

describe('Bad input', () => {
  let dataDir = '';
  let server: StartedServer;
  let client: Client;
  let raw: RawClient;
  let known: Known;

  beforeAll(async () => {
    process.stdout.write(`FUZZ_SEED=${seed} FUZZ_ROUNDS=${rounds}\n`);
    buildIfStale();
    dataDir = mkdtempSync(join(tmpdir(), 'city311-fuzz-'));
    const { operator: key } = await keysFor(dataDir);
    server = await StartedServer.start({ dataDir });
    client = new Client(server.url, key);
    raw = new RawClient(server.url);
    const opened = membersOf((await submit('known', reportData)).body);
    const caseNumber = textOf(opened['caseNumber']);
    await until('the case has its work order', async () => (await ordersOf(caseNumber)).length > 0, 10_000);
    const [order] = await ordersOf(caseNumber);
    known = {
      key,
      caseNumber,
      trackingSecret: textOf(opened['trackingSecret']),
      workOrderId: textOf(order?.['workOrderId']),
      departmentId: textOf(order?.['departmentId']),
      queue: textOf(order?.['queue']),
    };
    expect(await untilDrained(client)).toBe(true);
  }, 120_000);
  afterAll(async () => {
    client.close();
    raw.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  const submit = (id: string, data: unknown) =>
    client.send({
      path: '/events',
      body: eventOf(id, 'submitted', data),
      contentType: 'application/cloudevents+json',
    });
  const ordersOf = async (caseNumber: string) =>
    itemsOf((await client.send({ path: `/api/work-orders?caseNumber=${caseNumber}` })).body, 'items');
  const head = async (): Promise<string> =>
    textOf(membersOf((await client.send({ path: '/api/status' })).body)['head']);
  const isWell = async (): Promise<void> => {
    expect((await client.once({ path: '/health/live' })).status).toBe(200);
    expect((await client.once({ path: '/health/ready' })).status).toBe(200);
  };

  it('is refused with the right status and words, and nothing of it is written', async () => {
    const before = await head();
    const complaints: string[] = [];
    for (const { name, request, status } of hostileRequests(known)) {
      const answer = await raw.send(request);
      const wrong = [
        ...complaintsOf(request, answer),
        ...(status.includes(answer.status)
          ? []
          : [`answered ${answer.status}, right is ${status.join(' or ')}`]),
      ];
      if (wrong.length > 0) complaints.push(`${name}: ${wrong.join('; ')} — ${answer.text.slice(0, 300)}`);
    }
    expect(complaints).toEqual([]);
    expect(await head()).toBe(before);
    await isWell();
  }, 60_000);

  it('is told every one of its faults', async () => {
    const event = {
      ...eventOf('', 'submitted', {
        serviceCode: 17,
        title: 'x'.repeat(501),
        description: 'a\u0000b',
        language: 'English please',
        visibility: 'secret',
        location: { latitude: 200, longitude: 'x' },
        contact: { email: 'nobody', phone: 'x', consent: 'yes' },
        answers: [{ code: 1, value: 2 }],
        media: [{ url: 'x y' }],
        colour: 'red',
      }),
      specversion: '2.0',
      source: 5,
      time: 'yesterday',
    };
    const { status, body } = await client.send({
      path: '/events',
      body: event,
      contentType: 'application/cloudevents+json',
    });
    expect(status).toBe(400);
    const paths = itemsOf(body, 'faults').map(({ path }) => textOf(path));
    const wanted = [
      'specversion',
      'id',
      'source',
      'time',
      'data.serviceCode',
      'data.title',
      'data.description',
      'data.language',
      'data.visibility',
      'data.location.latitude',
      'data.location.longitude',
      'data.contact.email',
      'data.contact.phone',
      'data.contact.consent',
      'data.answers.0.code',
      'data.answers.0.value',
      'data.media.0.url',
      'data.colour',
    ];
    expect(wanted.filter((path) => !paths.includes(path))).toEqual([]);
  });

  it('is refused item by item in a batch, and the sound items are taken', async () => {
    const events = [
      eventOf('sound-1', 'submitted', reportData),
      null,
      eventOf('bad', 'submitted', { serviceCode: {} }),
      'text',
      eventOf('sound-2', 'submitted', reportData),
      eventOf('sound-1', 'submitted', { ...reportData, title: 'Other' }),
    ];
    const { status, body } = await client.send({
      path: '/events',
      body: events,
      contentType: 'application/cloudevents-batch+json',
    });
    expect(status).toBe(200);
    const results = itemsOf(body, 'results');
    expect(results.map((result) => result['status'])).toEqual([201, 400, 400, 400, 201, 409]);
    expect(itemsOf(results[2]?.['problem'], 'faults').length).toBeGreaterThan(0);
  });

  it('survives bodies that never end', async () => {
    const valid = requestOf(
      {
        method: 'POST',
        path: '/events',
        contentType: 'application/cloudevents+json',
        body: eventOf('cut', 'submitted', reportData),
      },
      known.key,
    );
    const cases = async (): Promise<number> =>
      (await readLog(dataDir)).filter(({ type }) => type === 'intake.CaseOpened.v1').length;
    const before = await cases();
    await Promise.all(Array.from({ length: 20 }, () => raw.truncated(valid)));
    expect(await untilDrained(client)).toBe(true);
    expect(await cases()).toBe(before);
    await isWell();
  }, 30_000);

  it('is not what strange but valid texts are: they come back to the letter, but for what cleaning says', async () => {
    const sent = new Map<string, string>();
    for (const [index, text] of oddTexts.entries()) {
      const { status, body } = await submit(`odd-${index}`, {
        serviceCode: 'REQPOTHL',
        title: text.slice(0, 500),
        description: text,
        visibility: 'public',
        location: { latitude: 42.3479, longitude: -71.0745, address: text.slice(0, 300) },
      });
      expect({ text, status, body: status === 201 ? null : body }).toEqual({ text, status: 201, body: null });
      sent.set(textOf(membersOf(body)['caseNumber']), text);
    }
    expect(await untilDrained(client)).toBe(true);
    const csv = await raw.send({
      method: 'GET',
      path: '/open-data/service-requests.csv',
      headers: {},
      body: null,
    });
    const rows: readonly Readonly<Record<string, string>>[] = parseCsv(csv.text, {
      columns: true,
      bom: false,
    });
    for (const [caseNumber, text] of sent) {
      const { body } = await client.send({ path: `/api/cases/${caseNumber}` });
      const document = membersOf(body);
      const row = rows.find((each) => each['case_enquiry_id'] === caseNumber);
      const came = {
        description: document['description'],
        title: document['title'],
        address: membersOf(document['place'])['address'],
        csvTitle: unguardedCell(row?.['case_title'] ?? ''),
        csvLocation: unguardedCell(row?.['location'] ?? ''),
      };
      const [title, address] = [cleanText(text.slice(0, 500)), cleanLine(text.slice(0, 300))];
      const description = cleanText(text);
      expect(came).toEqual({ description, title, address, csvTitle: title, csvLocation: address });
    }
  }, 60_000);

  it('never stands in the log in clear where a person typed it', async () => {
    const secret = 'my-neighbour-at-number-seven';
    const serviceCode = 'STRLGTOUT';
    const answers = [{ code: 'pole', value: [secret, secret] }];
    const texts = {
      description: secret,
      title: secret,
      contact: { firstName: secret, email: `${secret}@example.org` },
    };
    const { status } = await submit('typed', { ...reportData, ...texts, serviceCode, answers });
    expect(status).toBe(201);
    expect(await untilDrained(client)).toBe(true);
    expect(JSON.stringify(await readLog(dataDir))).not.toContain(secret);
  });

  it(`gets a 2xx or a well-formed 4xx, ${rounds} times over`, async () => {
    const random = randomOf(seed);
    const before = await readLog(dataDir);
    const complaints: string[] = [];
    const statuses = new Map<number, number>();
    let opened = 0;
    let sent = 0;
    const lane = async (): Promise<void> => {
      while (sent < rounds) {
        sent += 1;
        const door = pick(random, doorsOf(known, `fuzz-${sent}`));
        const request = mutated(door, (changed) => requestOf(changed, known.key), random);
        const answer = await raw.send(request);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        opened += casesOpened(request, answer);
        const wrong = complaintsOf(request, answer, oddTexts);
        if (wrong.length > 0) complaints.push(`${wrong.join('; ')}: ${shown(request, answer)}`);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    process.stdout.write(`${JSON.stringify(Object.fromEntries(statuses))}\n`);
    expect(complaints.slice(0, 10)).toEqual([]);
    expect(await untilDrained(client)).toBe(true);
    const { body } = await client.send({ path: '/api/status' });
    expect(itemsOf(body, 'groups').filter(({ parked }) => parked !== 0)).toEqual([]);
    // What was refused left nothing: as many new cases as were answered.
    const isCase = ({ type, imported }: RecordedEvent): boolean =>
      type === 'intake.CaseOpened.v1' && !imported;
    const after = await readLog(dataDir);
    expect(after.filter(isCase).length - before.filter(isCase).length).toBe(opened);
    expect(statuses.get(400) ?? 0).toBeGreaterThan(rounds / 10);
    expect((statuses.get(200) ?? 0) + (statuses.get(201) ?? 0)).toBeGreaterThan(rounds / 10);
    await isWell();
    expect(server.peakMemoryMb() ?? 0).toBeLessThan(memoryLimitMb);
  }, 240_000);
});

/** New cases, but imported ones, that an answer tells of: they come with a secret, or in the form that Open311 has for new requests. */
const casesOpened = ({ method, path, body }: RawRequest, { status, text }: RawAnswer): number => {
  if (status >= 300 || method !== 'POST' || body === null) return 0;
  if (path.startsWith('/open311/')) return 1;
  if (!path.startsWith('/events')) return 0;
  const answer: unknown = JSON.parse(text);
  const results = itemsOf(answer, 'results');
  return (results.length > 0 ? results : [membersOf(answer)]).filter(
    (result) => result['status'] === 201 && result['trackingSecret'] !== undefined,
  ).length;
};
