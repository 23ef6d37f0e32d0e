import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';

import { openDoors, type Doors, type Route } from './doors.spec-support.js';

const demanded: Readonly<Record<string, RegExp>> = {
  'x-content-type-options': /^nosniff$/,
  'content-security-policy': /^default-src 'none';.*frame-ancestors 'none'/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /^no-referrer$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'cache-control': /no-store/,
  'strict-transport-security': /^max-age=\d{8}$/,
};

const faultsOf = ({ headers }: Pick<Response, 'headers'>): readonly string[] => [
  ...Object.entries(demanded).flatMap(([name, form]) =>
    form.test(headers.get(name) ?? '') ? [] : [`${name}: ${String(headers.get(name))}`],
  ),
  ...[...headers.keys()].filter((name) => name.startsWith('access-control-')),
];

describe('Every answer', () => {
  let doors: Doors;
  let key = '';
  beforeAll(async () => {
    doors = await openDoors({ PUBLIC_URL: 'https://311.example' });
    key = await doors.engines.apiKeys.create('desk', 'operator', '2026-11-27T08:00:00.000Z');
  });
  afterAll(() => doors.stop());

  const ask = async (
    { method, path }: Route,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response> => {
    const filled = path.replace(/:\w+/g, '101000000000').replace('*', 'x');
    const over = new AbortController();
    const answer = await fetch(`${doors.url}${filled}`, {
      method,
      signal: over.signal,
      headers: { ...(method === 'GET' ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(method === 'POST' ? { body: '{}' } : {}),
    });
    // A stream of events goes on for ever; its head is enough.
    if (answer.headers.get('content-type')?.startsWith('text/event-stream') === true) over.abort();
    else await answer.arrayBuffer();
    return answer;
  };

  it('of every route has the security headers and is kept by no cache, whoever asks', async () => {
    expect(doors.routes.length).toBeGreaterThan(30);
    const faults: string[] = [];
    for (const route of doors.routes.filter(({ method }) => method !== 'HEAD'))
      for (const headers of [
        {},
        { authorization: 'Bearer nobody' },
        { authorization: `Bearer ${key}` },
        { origin: 'https://elsewhere.example' },
      ])
        for (const fault of faultsOf(await ask(route, headers)))
          faults.push(`${route.method} ${route.path}: ${fault}`);
    expect(faults).toEqual([]);
  });

  it.each([
    ['an unknown path', '/nowhere', {}],
    ['an address that cannot be decoded', '/api/cases/%ff', {}],
    ['an address that is too long', `/api/cases/${'9'.repeat(400)}`, {}],
    ['another method', '/api/cases', { method: 'DELETE' }],
    [
      'a question about other origins',
      '/events',
      { method: 'OPTIONS', headers: { origin: 'https://elsewhere.example' } },
    ],
    [
      'a body that is no JSON',
      '/events',
      { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } },
    ],
    [
      'a type that nobody takes',
      '/events',
      { method: 'POST', body: 'x', headers: { 'content-type': 'text/odd' } },
    ],
    [
      'a body that is too large',
      '/events',
      {
        method: 'POST',
        body: JSON.stringify('x'.repeat(3_000_000)),
        headers: { 'content-type': 'application/json' },
      },
    ],
  ])('to %s has them too', async (_, path, init) => {
    const answer = await fetch(`${doors.url}${path}`, init);
    await answer.arrayBuffer();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(faultsOf(answer)).toEqual([]);
  });

  it.each([
    ['what is no request at all', 'NO REQUEST\r\n\r\n', 400],
    ['who names no host', 'GET /nowhere HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['an odd expectation', 'GET /x HTTP/1.1\r\nhost: a\r\nexpect: 2\r\nconnection: close\r\n\r\n', 404],
    ['a head that is too long', `GET /x HTTP/1.1\r\na: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['a line that is cut', 'POST /events HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n', 400],
  ])('to %s has them too', async (_, request, expected) => {
    const socket = connect(Number(new URL(doors.url).port), '127.0.0.1');
    socket.write(request);
    let said = '';
    for await (const chunk of socket as AsyncIterable<Buffer>) said += chunk.toString();
    const [status = '', ...lines] = (said.split('\r\n\r\n')[0] ?? '').split('\r\n');
    expect(status).toContain(` ${expected} `);
    const headers = new Headers(
      lines.map((line): [string, string] => {
        const [name = '', value = ''] = line.split(/: (.*)/s);
        return [name, value];
      }),
    );
    const faults = faultsOf({ headers }).filter((fault) => !fault.startsWith('strict-transport-security'));
    expect(faults).toEqual([]);
  });

  it('that is a page may send its own form, and nothing else', async () => {
    const answer = await fetch(`${doors.url}/unsubscribe/101000000000/c-1`);
    expect(answer.headers.get('content-type')).toContain('text/html');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy.split('; ').sort()).toEqual(
      ["base-uri 'none'", "default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"].sort(),
    );
    expect(await answer.text()).not.toMatch(/style|script|https?:/);
  });

  it('keeps browsers to TLS only where the city is reached by it', async () => {
    const plain = await openDoors();
    const answer = await fetch(`${plain.url}/health/live`);
    expect(answer.headers.has('strict-transport-security')).toBe(false);
    await plain.stop();
  });
});
