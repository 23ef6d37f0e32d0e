import type { RawRequest } from './raw-request.js';

/** What requests may name: things that are there. */
export interface Known {
  readonly key: string;
  readonly caseNumber: string;
  readonly trackingSecret: string;
  readonly workOrderId: string;
  readonly departmentId: string;
  readonly queue: string;
}

export interface Door {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: unknown;
}

const structured = 'application/cloudevents+json';

export const eventOf = (id: string, type: string, data: unknown): Readonly<Record<string, unknown>> => ({
  specversion: '1.0',
  id,
  source: 'urn:fuzz',
  type: `city311.report.${type}.v1`,
  data,
});

export const reportData: Readonly<Record<string, unknown>> = {
  serviceCode: 'REQPOTHL',
  title: 'Pothole',
  description: 'Deep hole in the right lane',
  language: 'en',
  channel: 'Constituent Call',
  visibility: 'public',
  location: {
    latitude: 42.3479,
    longitude: -71.0745,
    address: '700 Boylston St',
    street: 'Boylston St',
    zip: '02116',
  },
  contact: { email: 'somebody@example.org', firstName: 'Some', lastName: 'Body', consent: true },
  answers: [{ code: 'size', value: 'about-a-dinner-plate' }],
  media: [{ url: 'https://photos.example.org/1.jpg' }],
};

/** A valid request for every door that there is. `id` sets it apart from others. */
export const doorsOf = (known: Known, id: string): readonly Door[] => {
  const { caseNumber, trackingSecret, workOrderId, departmentId, queue } = known;
  const onCase = { caseNumber, trackingSecret };
  const event = (type: string, data: unknown): Door => ({
    method: 'POST',
    path: '/events',
    contentType: structured,
    body: eventOf(id, type, data),
  });
  const post = (path: string, body: unknown): Door => ({ method: 'POST', path, body });
  const get = (path: string): Door => ({ method: 'GET', path });
  const order = (action: string, body: object): Door =>
    post(`/api/work-orders/${workOrderId}/${action}`, body);
  const imported = { departmentId, queue, dueAt: '2020-01-03T00:00:00Z', districts: { ward: '03' } };
  return [
    event('submitted', { ...reportData, externalReferences: [{ system: 'fuzz', id }] }),
    event('submitted', { ...reportData, imported }),
    {
      method: 'POST',
      path: '/events',
      contentType: 'application/cloudevents-batch+json',
      body: [
        eventOf(`${id}-a`, 'submitted', reportData),
        eventOf(`${id}-b`, 'commented', { ...onCase, text: 'x' }),
      ],
    },
    event('commented', { ...onCase, text: 'Still there', visibility: 'public' }),
    // After the single ones: a case takes only so many comments.
    {
      method: 'POST',
      path: '/events',
      contentType: 'application/cloudevents-batch+json',
      body: [eventOf(`${id}-c`, 'commented', { ...onCase, text: 'x' })],
    },
    event('photo-added', { ...onCase, media: { url: 'https://photos.example.org/2.jpg' } }),
    event('withdrawn', { caseNumber: '999999999999', reason: 'gone' }),
    event('reopened', { ...onCase, reason: 'again', dueAt: '2030-01-01T00:00:00Z' }),
    post('/open311/v2/requests.json', {
      service_code: 'REQPOTHL',
      lat: '42.3479',
      long: '-71.0745',
      description: 'Deep hole',
      email: 'somebody@example.org',
      'attribute[size][0]': 'about-a-dinner-plate',
      'attribute[colour]': 'grey',
      deviceid: 'device-1',
    }),
    get(`/open311/v2/requests/${caseNumber}.json`),
    get(`/api/cases/${caseNumber}`),
    get(`/api/cases/${caseNumber}/staff`),
    // Of another case than the one whose secret the other doors need.
    post('/api/cases/999999999999/tracking-secret', {}),
    { method: 'DELETE', path: '/api/cases/999999999999/tracking-secret' },
    post(`/api/cases/${caseNumber}/link`, { parent: '260000000014' }),
    post(`/api/cases/${caseNumber}/unlink`, { parent: '260000000014' }),
    post(`/api/cases/${caseNumber}/reclassify`, { serviceCode: 'REQPOTHL' }),
    post(`/api/cases/${caseNumber}/refer`, { agency: 'State' }),
    post(`/api/cases/${caseNumber}/close`, { outcome: 'noted', outcomeLabel: 'Noted', text: 'Noted' }),
    get(`/api/work-orders?department=${departmentId}&status=issued,claimed&limit=20&wait=0&follow=true`),
    get('/api/work-orders?overdue=true&order=due&limit=5'),
    get(`/api/work-orders/${workOrderId}`),
    order('claim', { by: 'crew-1' }),
    order('accept', {}),
    order('schedule', { scheduledFor: '2030-01-01T00:00:00Z' }),
    order('start', {}),
    order('pause', { reason: 'Parts' }),
    order('resume', {}),
    order('hand-back', { reason: 'Not ours' }),
    order('complete', {
      outcome: 'resolved',
      outcomeLabel: 'Done',
      text: 'Done',
      media: [{ url: 'https://a.example/1' }],
    }),
    post('/api/work-orders/batch', { items: [{ workOrderId, action: 'claim', by: 'crew-1' }] }),
    post('/api/work-orders/batch', {
      items: [{ workOrderId, action: 'hand-back', reason: 'Not ours' }],
    }),
    get(`/api/routing/decisions/${caseNumber}`),
    get('/api/routing/triage?limit=5'),
    post(`/api/routing/triage/${caseNumber}`, { departmentId, queue, serviceCode: 'REQPOTHL' }),
    get(`/api/subscriptions?caseNumber=${caseNumber}`),
    post('/api/subscriptions', { caseNumber, contact: { email: 'other@example.org', consent: true } }),
    { method: 'DELETE', path: `/api/subscriptions/${caseNumber}-somebody` },
    get(`/api/notices?caseNumber=${caseNumber}&status=sent&limit=5`),
    get('/open-data/service-requests.csv?from=2026-01-01&to=2026-01-02'),
    get('/open-data/service-requests.json?from=2026-01-01&to=2026-01-02'),
    get('/api/insights/summary?asOf=2026-01-01T00:00:00Z'),
    get(`/unsubscribe/${caseNumber}/somebody`),
    post(`/unsubscribe/${caseNumber}/somebody`, {}),
    get('/health/live'),
    get('/health/ready'),
    get('/api/status'),
    get('/api/views'),
    post('/api/views/no_such_view/rebuild', {}),
    post('/api/views/no_such_view/retry', {}),
  ];
};

/** The request for a door, with a key. */
export const requestOf = ({ method, path, contentType, body }: Door, key: string): RawRequest => ({
  method,
  path,
  headers: {
    authorization: `Bearer ${key}`,
    ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
  },
  body: body === undefined ? null : Buffer.from(JSON.stringify(body)),
});
