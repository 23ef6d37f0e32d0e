import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { forms } from '@city311/testing';

import { keysFor } from '../faults/load/server-lives.js';
import { eventOf, reportData } from '../fuzz/doors.js';
import { buildIfStale } from '../server/build.js';
import { Client, type Answer, type Call } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { itemsOf, membersOf, textOf } from '../server/json.js';
import { StartedServer } from '../server/started-server.js';

const hasForm = (given: unknown): given is string => typeof given === 'string' && given.trim() !== '';
/** What no form takes, as far as it can stand in a path: the client sends no bare control characters there. */
const refused = (name: string): readonly string[] => (forms[name]?.refused ?? []).filter(hasForm);

let n = 0;
const report = (data: object, more: object = {}): object => {
  n += 1;
  return { ...eventOf(`f-${n}`, 'submitted', { ...reportData, ...data }), ...more };
};
const events = (body: object): Call => ({
  method: 'POST',
  path: '/events',
  body,
  contentType: 'application/cloudevents+json',
});

/** Tables of forms against a real server: what one door refuses no other takes, and nothing is done for it. */
describe('A form that is not understood', () => {
  let dataDir = '';
  let server: StartedServer;
  let client: Client;
  let workOrderId = '';

  const take = async (body: object): Promise<Answer> => client.send(events(body));

  beforeAll(async () => {
    buildIfStale();
    dataDir = mkdtempSync(join(tmpdir(), 'city311-formats-'));
    const { operator } = await keysFor(dataDir);
    server = await StartedServer.start({ dataDir });
    client = new Client(server.url, operator);
    const { body } = await take(report({}));
    workOrderId = `${textOf(membersOf(body)['caseNumber'])}-1`;
    await untilDrained(client);
  }, 180_000);
  afterAll(async () => {
    client.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const order = (action: string, body: object): Call => ({
    method: 'POST',
    path: `/api/work-orders/${workOrderId}/${action}`,
    body,
  });
  const imported = { departmentId: 'PWDx', queue: 'PWDx_1', districts: {} };
  const follow = (contact: object): Call => ({
    method: 'POST',
    path: '/api/subscriptions',
    body: {
      caseNumber: workOrderId.slice(0, 12),
      contact: { email: 'a@example.org', consent: true, ...contact },
    },
  });
  const query = (path: string, name: string, given: string): Call => ({
    path: `${path}?${name}=${encodeURIComponent(given)}`,
  });

  const doors: readonly (readonly [string, string, string, (given: string) => Call])[] = [
    ['the time of an event', 'instant', 'time', (time) => events(report({}, { time }))],
    [
      'an imported due date',
      'instant',
      'data.imported.dueAt',
      (dueAt) => events(report({ imported: { ...imported, dueAt } })),
    ],
    ['when work was done', 'instant', 'at', (at) => order('complete', { outcome: 'resolved', at })],
    ['when work was begun', 'instant', 'at', (at) => order('start', { at })],
    [
      'what work is planned for',
      'instant-or-day',
      'scheduledFor',
      (scheduledFor) => order('schedule', { scheduledFor }),
    ],
    ['the moment of figures', 'instant', 'asOf', (given) => query('/api/insights/summary', 'asOf', given)],
    [
      'the first day of an export',
      'local-day',
      'from',
      (given) => query('/open-data/service-requests.json', 'from', given),
    ],
    [
      'the last day of an export',
      'local-day',
      'to',
      (given) => query('/open-data/service-requests.csv', 'to', given),
    ],
    ['a reporter’s phone', 'phone', 'data.contact.phone', (phone) => events(report({ contact: { phone } }))],
    [
      'a reporter’s address',
      'email',
      'data.contact.email',
      (email) => events(report({ contact: { email } })),
    ],
    ['a follower’s phone', 'phone', 'contact.phone', (phone) => follow({ phone })],
    ['a follower’s address', 'email', 'contact.email', (email) => follow({ email })],
    [
      'a reporter’s name',
      'person-name',
      'data.contact.lastName',
      (lastName) => events(report({ contact: { lastName } })),
    ],
  ];

  it.each(doors)(
    'is a 400 that names it: %s',
    async (_, form, path, call) => {
      for (const given of refused(form)) {
        const { status, body } = await client.send(call(given));
        const paths = itemsOf(body, 'faults').map((fault) => textOf(fault['path']));
        expect({ given, status, paths: paths.slice(0, 1) }).toEqual({ given, status: 400, paths: [path] });
      }
    },
    60_000,
  );

  it('did nothing: the order waits as it was, and every view says that the case is open', async () => {
    await untilDrained(client);
    const number = workOrderId.slice(0, 12);
    expect((await client.send({ path: `/api/work-orders/${workOrderId}` })).body).toMatchObject({
      status: 'issued',
    });
    expect((await client.send({ path: `/api/cases/${number}` })).body).toMatchObject({ closedAt: null });
    const rows = (await client.send({ path: '/open-data/service-requests.json' })).body;
    expect(rows).toEqual([expect.objectContaining({ case_enquiry_id: number, case_status: 'Open' })]);
  }, 60_000);

  it('is no future: work that was done a little ahead of the clock is done now, in every view at once', async () => {
    const number = workOrderId.slice(0, 12);
    const at = new Date(Date.now() + 200_000).toISOString();
    expect((await client.send(order('complete', { outcome: 'resolved', at }))).status).toBe(200);
    await untilDrained(client);
    const { closedAt } = membersOf((await client.send({ path: `/api/cases/${number}` })).body);
    expect(Date.parse(textOf(closedAt))).toBeLessThanOrEqual(Date.now());
    const rows = (await client.send({ path: '/open-data/service-requests.json' })).body;
    expect(rows).toEqual([expect.objectContaining({ case_enquiry_id: number, case_status: 'Closed' })]);
    expect((await client.send({ path: '/api/insights/summary' })).body).toMatchObject({ open: 0, closed: 1 });
  }, 60_000);
});
