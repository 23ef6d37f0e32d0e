import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';

import { openDoors, type Doors } from './doors.spec-support.js';

interface Failure {
  readonly name: string;
  readonly status: readonly number[];
  readonly init: (key: string) => RequestInit;
  /** For doors that read a body. */
  readonly posts?: true;
}

const post = (contentType: string, body: string | Uint8Array): Failure['init'] => {
  return (key) => ({
    method: 'POST',
    headers: { 'content-type': contentType, authorization: `Bearer ${key}` },
    body: body as RequestInit['body'] & object,
  });
};

/** What goes wrong before, or in spite of, a door. Every door must say each in its own form. */
const failures: readonly Failure[] = [
  { name: 'no JSON', status: [400], init: post('application/json', '{bad'), posts: true },
  { name: 'a list', status: [400, 403], init: post('application/json', '[1]'), posts: true },
  {
    name: 'no UTF-8',
    status: [400],
    init: post('application/json', Uint8Array.of(0x22, 0xff, 0x22)),
    posts: true,
  },
  { name: 'too deep', status: [400], init: post('application/json', '['.repeat(100)), posts: true },
  {
    name: 'another charset',
    status: [400],
    init: post('application/json; charset=latin1', '{}'),
    posts: true,
  },
  { name: 'another type', status: [415], init: post('text/csv', 'a,b'), posts: true },
  {
    name: 'no boundary',
    status: [400, 415],
    init: post('multipart/form-data; boundary=X', '--X--\r\n'),
    posts: true,
  },
  {
    name: 'too large',
    status: [413],
    init: post('application/json', `"${'x'.repeat(3_000_000)}"`),
    posts: true,
  },
  {
    name: 'too many parameters',
    status: [400],
    init: post('application/x-www-form-urlencoded', 'a=1&'.repeat(600)),
    posts: true,
  },
  { name: 'empty', status: [400, 403], init: post('application/json', '{}'), posts: true },
  {
    name: 'no key',
    status: [400, 401, 403],
    init: () => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }),
    posts: true,
  },
  {
    name: 'an unknown key',
    status: [400, 401, 403],
    init: () => post('application/json', '{}')('city311_x_y'),
    posts: true,
  },
  {
    name: 'an encoded body',
    status: [415],
    init: (key) => ({
      ...post('application/json', '{}')(key),
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${key}`,
        'content-encoding': 'gzip',
      },
    }),
    posts: true,
  },
  { name: 'a method that there is not', status: [404, 405], init: () => ({ method: 'DELETE' }) },
];

const places = ['', '/no/such/door', '/%ff', `/${'9'.repeat(400)}`];
const formOf = (path: string): 'problem' | 'json' | 'xml' => {
  if (!path.startsWith('/open311')) return 'problem';
  return path.endsWith('.xml') ? 'xml' : 'json';
};
const contentTypes = {
  problem: 'application/problem+json; charset=utf-8',
  json: 'application/json; charset=utf-8',
  xml: 'text/xml; charset=utf-8',
} as const;

describe('What goes wrong at a door', () => {
  let doors: Doors;
  let key = '';
  beforeAll(async () => {
    doors = await openDoors();
    key = await doors.engines.apiKeys.create('desk', 'operator', new Date().toISOString());
  }, 60_000);
  afterAll(() => doors.stop());

  const isInForm = (
    {
      path,
      method,
      statuses,
    }: { readonly path: string; readonly method: unknown; readonly statuses: readonly number[] },
    { status, type, body }: { readonly status: number; readonly type: string | null; readonly body: string },
  ): void => {
    const form = formOf(path);
    const seen = { path, method, status };
    expect({ ...seen, type, known: statuses.includes(status) }).toEqual({
      ...seen,
      type: contentTypes[form],
      known: true,
    });
    if (form === 'xml')
      expect(body).toMatch(
        /^<\?xml version="1.0" encoding="utf-8"\?><errors>(<error><code>\d{3}<\/code><description>[^<]+<\/description><\/error>)+<\/errors>$/,
      );
    else if (form === 'json')
      expect(JSON.parse(body)).toEqual(
        expect.arrayContaining([{ code: expect.any(Number), description: expect.stringMatching(/./) }]),
      );
    else
      expect(JSON.parse(body)).toMatchObject({
        type: expect.stringMatching(/^urn:city311:problem:/),
        title: expect.any(String),
        status,
      });
  };
  const isTold = async (path: string, init: RequestInit, statuses: readonly number[]): Promise<void> => {
    const answer = await fetch(`${doors.url}${path}`, init);
    const { status, headers } = answer;
    isInForm(
      { path, method: init.method, statuses },
      { status, type: headers.get('content-type'), body: await answer.text() },
    );
  };
  /** The same for what no library would send: the lines of a request's head, and a body. */
  const isToldTo = async (
    url: string,
    [request, ...lines]: readonly string[],
    statuses: readonly number[],
  ): Promise<void> => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write([request, ...lines, 'connection: close', '', ''].join('\r\n'));
    let said = '';
    for await (const chunk of socket as AsyncIterable<Buffer>) said += chunk.toString();
    const [head = '', body = ''] = said.split('\r\n\r\n');
    const [method, path = ''] = (request ?? '').split(' ');
    isInForm(
      { path, method, statuses },
      {
        status: Number(head.split(' ')[1]),
        type: /^content-type: (.*)$/im.exec(head)?.[1]?.trim() ?? null,
        body,
      },
    );
  };
  /** Every path that there is, parameters filled in, each in every format that it may be asked in. */
  const paths = (method: string): readonly string[] => {
    const routed = doors.routes.filter((route) => route.method === method && !route.path.includes('*'));
    return [...new Set(routed.map(({ path }) => path))].flatMap((path) => {
      const filled = path.replace(/:format\b/, 'json').replace(/:[a-zA-Z]+/g, 'none');
      if (!path.startsWith('/open311')) return [filled];
      const bare = filled.replace(/\.json$/, '');
      return [`${bare}.json`, `${bare}.xml`];
    });
  };

  it.each(failures.filter(({ posts }) => posts === true))(
    'is told in its own form by every door that reads a body: $name',
    async ({ init, status }) => {
      const all = paths('POST');
      expect(all).toEqual(
        expect.arrayContaining(['/events', '/open311/v2/requests.json', '/open311/v2/requests.xml']),
      );
      // A case or order that is not there, a door that reads no body, a door that another role has.
      for (const path of all) await isTold(path, init(key), [...status, 403, 404]);
    },
    60_000,
  );

  it('is told in its own form where the request has two meanings, or no host', async () => {
    const type = 'content-type: application/json';
    for (const path of paths('POST')) {
      const request = `POST ${path} HTTP/1.1`;
      await isToldTo(doors.url, [request, 'host: a', type, type, 'content-length: 0'], [400]);
      await isToldTo(doors.url, [request, type, 'content-length: 0'], [400]);
    }
  }, 60_000);

  it('is told in its own form where the body does not arrive, and who asks too often', async () => {
    const few = await openDoors({
      REQUEST_TIMEOUT_MS: '1000',
      RATE_LIMITS: `address=${paths('POST').length}`,
    });
    const lines = ['host: a', 'content-type: application/json'];
    try {
      await Promise.all(
        paths('POST').map((path) =>
          isToldTo(few.url, [`POST ${path} HTTP/1.1`, ...lines, 'content-length: 9'], [408]),
        ),
      );
      for (const path of [...paths('POST'), ...paths('GET')])
        if (!path.startsWith('/health'))
          await isToldTo(few.url, [`POST ${path} HTTP/1.1`, ...lines, 'content-length: 0'], [429]);
    } finally {
      await few.stop();
    }
  }, 60_000);

  it('is told in its own form where there is no such door, method or address', async () => {
    const bases = ['', '/open311', '/open311/v2', '/open311/v2/requests', '/api', '/events'];
    for (const base of bases)
      for (const place of places)
        for (const ending of base.startsWith('/open311') ? ['', '.json', '.xml'] : [''])
          for (const method of ['GET', 'POST', 'DELETE', 'PATCH']) {
            const path = `${base}${place}${ending}`;
            if (path !== '' && !(path === '/events' && method === 'POST'))
              await isTold(
                path,
                { method, headers: { authorization: `Bearer ${key}` } },
                [400, 404, 405, 414],
              );
          }
  }, 60_000);

  it('is told in its own form where a case is not there', async () => {
    for (const path of paths('GET').filter((one) => one.includes('none') && one.startsWith('/open311')))
      await isTold(path, { method: 'GET' }, [404]);
  });

  it('is told as XML to who asks for that alone, where the address does not say', async () => {
    const answer = await fetch(`${doors.url}/open311/v2/none`, { headers: { accept: 'text/xml' } });
    expect(answer.headers.get('content-type')).toBe(contentTypes.xml);
    const noCase = await fetch(`${doors.url}/open311/v2/requests/260000000014`, {
      headers: { accept: 'text/xml' },
    });
    expect(noCase.headers.get('content-type')).toBe(contentTypes.xml);
    const browser = await fetch(`${doors.url}/open311/v2/none`, {
      headers: { accept: 'text/html,application/xml' },
    });
    expect(browser.headers.get('content-type')).toBe(contentTypes.json);
  });

  it('is told in its own form while an engine is away, and where the fault is ours', async () => {
    // Its look-up fails: nobody has asked for it yet.
    const other = `city311_other_${'x'.repeat(43)}`;
    await doors.engines.apiKeys.close();
    const form = { method: 'POST', body: new URLSearchParams({ api_key: other, service_code: 'REQPOTHL' }) };
    for (const path of ['/open311/v2/requests.json', '/open311/v2/requests.xml'])
      await isTold(path, form, [500, 503]);
    await isTold('/events', post('application/json', '{}')(other), [500, 503]);
  });
});
