import { eventOf, reportData, requestOf, type Door, type Known } from './doors.js';
import type { RawRequest } from './raw-request.js';

export interface Hostile {
  readonly name: string;
  readonly request: RawRequest;
  /** Status, or statuses, that are right. */
  readonly status: readonly number[];
}

const megabyte = 1024 * 1024;
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

/** Requests that must be refused, each with the status that says why. Nothing of them may be written. */
export const hostileRequests = (known: Known): readonly Hostile[] => {
  const submit = (id: string, data: unknown = reportData): Door => ({
    method: 'POST',
    path: '/events',
    contentType: 'application/cloudevents+json',
    body: eventOf(id, 'submitted', data),
  });
  const valid = requestOf(submit('hostile'), known.key);
  const text = (body: string | Buffer, contentType = 'application/cloudevents+json'): RawRequest => ({
    ...valid,
    headers: { ...valid.headers, 'content-type': contentType },
    body: typeof body === 'string' ? Buffer.from(body) : body,
  });
  const data = (members: object): RawRequest =>
    requestOf(submit('hostile', { ...reportData, ...members }), known.key);
  const json = valid.body?.toString() ?? '';
  const withMember = (member: string): RawRequest => text(json.replace('"data":{', `"data":{${member},`));
  const post = (path: string, body: unknown): RawRequest =>
    requestOf({ method: 'POST', path, body }, known.key);
  const get = (path: string): RawRequest => requestOf({ method: 'GET', path }, known.key);
  const batch = (count: number): RawRequest =>
    requestOf(
      {
        method: 'POST',
        path: '/events',
        contentType: 'application/cloudevents-batch+json',
        body: Array.from({ length: count }, (_, index) =>
          eventOf(`b${index}`, 'submitted', { serviceCode: 'REQPOTHL' }),
        ),
      },
      known.key,
    );
  const bad = [400];
  const list = (name: string, request: RawRequest, status: readonly number[] = bad): Hostile => ({
    name,
    request,
    status,
  });
  const withoutKey = (authorization: string): RawRequest => ({
    ...valid,
    headers: { ...valid.headers, authorization },
  });
  return [
    list('no body', text('')),
    list('no JSON', text('hello')),
    list('a JSON text', text('"hello"')),
    list('a JSON number', text('17')),
    list('null', text('null')),
    list('an array where one event is due', text(`[${json}]`)),
    list('an event where a batch is due', text(json, 'application/cloudevents-batch+json')),
    list('half of the JSON', text(json.slice(0, json.length / 2))),
    list('invalid UTF-8', text(Buffer.from(json).fill(0xff, 120, 125))),
    list(
      'an overlong UTF-8 form',
      text(Buffer.concat([Buffer.from(json.slice(0, 150)), Buffer.from([0xc0, 0xaf])])),
    ),
    list('charset latin1', text(json, 'application/cloudevents+json; charset=latin1'), [400, 415]),
    list(
      'charset UTF-16',
      text(Buffer.from(json, 'utf16le'), 'application/cloudevents+json; charset=utf-16'),
      [400, 415],
    ),
    list('UTF-16 without saying so', text(Buffer.from(json, 'utf16le'))),
    list('5 MB of text', data({ description: 'x'.repeat(5 * megabyte) }), [413]),
    list('5 MB of spaces', text(' '.repeat(5 * megabyte)), [413]),
    list('10,000 levels', text(nested(10_000))),
    list('10,000 arrays', text('['.repeat(10_000))),
    list('100 levels within the data', withMember(`"answers":${nested(100)}`)),
    list('10,000 items', batch(10_000), [413]),
    list('501 items', batch(501), [413]),
    list('XML', text('<a/>', 'application/xml'), [415]),
    list('plain text', text(json, 'text/plain'), [415]),
    list('a form', text('a=b', 'multipart/form-data; boundary=x'), [415]),
    list('no content type at all', text(json, ''), [400, 415]),
    list('an unknown member', data({ colour: 'red' })),
    list('a member named __proto__', withMember('"__proto__":{"serviceCode":"x"}')),
    list('a member named constructor', withMember('"constructor":{"prototype":{"x":1}}')),
    list('a member named toString', withMember('"toString":1')),
    list('an operator where text is due', data({ serviceCode: { $ne: null } })),
    list('text where an object is due', data({ location: 'Boylston Street' })),
    list('an array where an object is due', data({ contact: [] })),
    list('an object where a list is due', data({ answers: { 0: { code: 'a', value: 'b' } } })),
    list('null where an object is due', data({ location: { latitude: null, longitude: null } })),
    list('a number as text', data({ location: { latitude: '42.3', longitude: '-71' } })),
    list('a latitude of 1e400', text(json.replace('42.3479', '1e400'))),
    list('a latitude without longitude', data({ location: { latitude: 42.3 } })),
    list('control characters', data({ description: 'a\u0000b' })),
    list('an escape sequence', data({ title: '\u001b[31mred' })),
    list('a lone surrogate', data({ description: 'a\uD800b' })),
    list('too long a text', data({ description: 'x'.repeat(4_001) })),
    list('a script as web address', data({ media: [{ url: 'javascript:alert(1)' }] })),
    list('a file as web address', data({ media: [{ url: 'file:///etc/passwd' }] })),
    list(
      '1,000 photos',
      data({ media: Array.from({ length: 1_000 }, () => ({ url: 'https://a.example/1' })) }),
    ),
    list('an unknown service', data({ serviceCode: '__proto__' })),
    list('an unknown channel', data({ channel: 'constructor' })),
    list('an e-mail address with a line break', data({ contact: { email: 'a@b.org\r\nBcc: c@d.org' } })),
    list('a time that is none', text(json.replace('"data":', '"time":"2026-02-31T25:00:00Z","data":'))),
    list('a time far away', text(json.replace('"data":', '"time":"9999-01-01T00:00:00Z","data":'))),
    list('another version of CloudEvents', text(json.replace('"1.0"', '"0.3"'))),
    list('an unknown type', text(json.replace('submitted.v1', 'exploded.v1'))),
    list('an id of 10,000 characters', text(json.replace('"hostile"', JSON.stringify('i'.repeat(10_000))))),
    list('no key', withoutKey(''), [401]),
    list('a key of another scheme', withoutKey('Basic eDp5'), [401]),
    list('an unknown key', withoutKey('Bearer nobody'), [401]),
    list('a case that nobody has', get('/api/cases/999999999999'), [404]),
    list('a case of another shape', get(`/api/cases/${encodeURIComponent("' OR 1=1 --")}`), [404]),
    list('a case named __proto__', get('/api/cases/__proto__'), [404]),
    list('a case behind a null byte', get('/api/cases/%00'), [400, 404]),
    list('a case of broken percent signs', get('/api/cases/%ff%'), [400, 404]),
    list('a way out of the folder', get('/api/cases/..%2f..%2f..%2fetc%2fpasswd'), [404]),
    list('a path of 3,000 characters', get(`/api/cases/${'9'.repeat(3_000)}`), [404, 414]),
    list('a page that is not there', get('/admin.php'), [404]),
    list('a method that is not there', { ...get('/events'), method: 'PUT' }, [404, 405]),
    list('a date that is none', get('/open-data/service-requests.csv?from=2026-02-31x')),
    list(
      'two dates where one is due',
      get('/open-data/service-requests.csv?from=2026-01-01&from=2026-01-02'),
    ),
    list('an instant without its zone', get('/api/insights/summary?asOf=2026-01-01')),
    list('a limit of 10^9', get('/api/work-orders?limit=1000000000')),
    list('a limit below nothing', get('/api/work-orders?limit=-1')),
    list('an operator as status', get('/api/work-orders?status[$ne]=x')),
    list('a cursor of somebody else', get('/api/work-orders?cursor=%7B%22%24gt%22%3A%22%22%7D')),
    list('a cursor of triage that is none', get('/api/routing/triage?cursor=x')),
    list('a cursor of notices that is none', get('/api/notices?cursor=x')),
    list('notices of no case', get('/api/notices?caseNumber=x')),
    list('subscriptions of no case', get('/api/subscriptions')),
    list('a subscription to nothing', post('/api/subscriptions', {})),
    list(
      'a subscription without consent',
      post('/api/subscriptions', {
        caseNumber: known.caseNumber,
        contact: { email: 'a@b.org', consent: false },
      }),
    ),
    list('a transition that is none', post(`/api/work-orders/${known.workOrderId}/explode`, {}), [404]),
    list('a transition of nothing', post('/api/work-orders/x/claim', { by: 'x' }), [404]),
    list('a claim by nobody', post(`/api/work-orders/${known.workOrderId}/claim`, {})),
    list(
      'a completion of another kind',
      post(`/api/work-orders/${known.workOrderId}/complete`, { outcome: '__proto__' }),
    ),
    list('a batch that is none', post('/api/work-orders/batch', { items: 'all' })),
    list(
      '501 transitions',
      post('/api/work-orders/batch', { items: Array.from({ length: 501 }, () => ({})) }),
      [413],
    ),
    list(
      'a route to nobody',
      post(`/api/routing/triage/${known.caseNumber}`, { departmentId: 'x', queue: 'y' }),
    ),
    list('a link to nothing', post(`/api/cases/${known.caseNumber}/link`, {})),
    list(
      'a reclassification to nothing',
      post(`/api/cases/${known.caseNumber}/reclassify`, { serviceCode: 'x' }),
    ),
    list('a close without outcome', post(`/api/cases/${known.caseNumber}/close`, { text: 'x' })),
    list(
      'a comment of no text',
      requestOf(
        { ...submit('x'), body: eventOf('c', 'commented', { caseNumber: known.caseNumber }) },
        known.key,
      ),
    ),
    list(
      'a comment on no case',
      requestOf(
        { ...submit('x'), body: eventOf('c', 'commented', { caseNumber: { $gt: '' }, text: 'x' }) },
        known.key,
      ),
    ),
    list('a rebuild of nothing', post('/api/views/__proto__/rebuild', {}), [404]),
    list(
      'an Open311 request of no service',
      post('/open311/v2/requests.json', { lat: '42', long: '-71' }),
      [400, 404],
    ),
    list(
      'an Open311 request at no place',
      post('/open311/v2/requests.json', { service_code: 'REQPOTHL', lat: 'x', long: 'y' }),
    ),
    list('an Open311 request that nobody made', get('/open311/v2/requests/__proto__.json'), [404]),
  ];
};
