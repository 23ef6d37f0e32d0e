import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { openDoors, type Doors } from './doors.spec-support.js';

/** Open311 keeps what its clients send beside; a mail program's one click is whatever that program makes of it. */
const takesAnything = (path: string): boolean =>
  path.startsWith('/open311') || path.startsWith('/unsubscribe') || path.includes('*');

/** Told only of an order that is there: see the tests of departments. */
const needsOrder = (path: string): boolean => path.endsWith('/:action');

const event = {
  specversion: '1.0',
  id: 'a-1',
  source: 'urn:test',
  type: 'city311.report.submitted.v1',
  data: { serviceCode: 'REQPOTHL' },
};

describe('A member that a door does not know', () => {
  let doors: Doors;
  let key = '';
  beforeAll(async () => {
    doors = await openDoors();
    key = await doors.engines.apiKeys.create('desk', 'operator', new Date().toISOString());
  }, 60_000);
  afterAll(() => doors.stop());

  const send = (method: string, path: string, body: object, type = 'application/json'): Promise<Response> =>
    fetch(`${doors.url}${path}`, {
      method,
      headers: { 'content-type': type, authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    });

  it('is named in a 400 by every door of ours, one that reads no body among them', async () => {
    const writing = doors.routes.filter(
      ({ method, path }) =>
        ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method) && !takesAnything(path) && !needsOrder(path),
    );
    expect(writing.length).toBeGreaterThan(12);
    for (const { method, path } of writing) {
      const filled = path.replace(/:\w+/g, '260000000014');
      const answer = await send(method, filled, { slip: 1 });
      const { faults = [] } = (await answer.json().catch(() => ({}))) as { faults?: { path: string }[] };
      // An event in headers has its data in the body.
      const named = faults.some((fault) => ['slip', 'data.slip', 'type'].includes(fault.path));
      expect({ method, path, status: answer.status, named }).toEqual({
        method,
        path,
        status: 400,
        named: true,
      });
    }
  });

  it.each<[name: string, body: object]>([
    ['my_slip', { ...event, my_slip: 1 }],
    ['Time', { ...event, Time: '2026-07-01T16:00:00Z' }],
    ['data.slip', { ...event, data: { ...event.data, slip: 1 } }],
    ['data.location.slip', { ...event, data: { ...event.data, location: { slip: 1 } } }],
    ['data.contact.slip', { ...event, data: { ...event.data, contact: { slip: 1 } } }],
  ])('of an event is named as well: %s', async (name, body) => {
    const answer = await send('POST', '/events', body, 'application/cloudevents+json');
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(`"path":"${name}"`)]);
  });

  it('of a batch of transitions is named beside the list', async () => {
    const answer = await send('POST', '/api/work-orders/batch', { items: [], slip: 1 });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('"path":"slip"')]);
  });

  it.each(['overdue=1', 'overdue=yes', 'follow=TRUE', 'follow=', 'slip=1'])(
    'or a value that it does not understand, is no default: %s',
    async (query) => {
      const answer = await fetch(`${doors.url}/api/work-orders?${query}`, {
        headers: { authorization: `Bearer ${key}` },
      });
      const [name = ''] = query.split('=');
      expect([answer.status, await answer.text()]).toEqual([
        400,
        expect.stringContaining(`"path":"${name}"`),
      ]);
    },
  );

  it('that is a doubtful ZIP code costs no report, however much is written there', async () => {
    for (const zip of ['MA 02116-1234', 'not available', 'Boston, Massachusetts 02116']) {
      const body = { ...event, id: zip, data: { ...event.data, location: { zip } } };
      expect((await send('POST', '/events', body, 'application/cloudevents+json')).status).toBe(201);
    }
  });
});
