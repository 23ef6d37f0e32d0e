import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { openDoors, type Doors, type Route } from './doors.spec-support.js';

const arrivalMs = 1_000;

describe('What a request is before any door sees it', () => {
  let doors: Doors;
  let key = '';
  beforeAll(async () => {
    doors = await openDoors({ REQUEST_TIMEOUT_MS: String(arrivalMs) });
    key = await doors.engines.apiKeys.create('desk', 'operator', '2026-11-27T08:00:00.000Z');
  });
  afterAll(() => doors.stop());

  /** Sends bytes, `more` of them afterwards, one by one, and gives what came back until the line was closed. */
  const converse = (head: readonly string[], body: string | null, drip?: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(doors.url);
      let answer = '';
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(body === null ? head.join('\r\n') : [...head, 'host: city', '', body].join('\r\n'));
      });
      const dripping = setInterval(() => drip !== undefined && socket.write(drip), 100);
      socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
      socket.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
      });
      socket.once('close', () => {
        clearInterval(dripping);
        resolve(answer);
      });
    });

  const routes = (): readonly Route[] =>
    doors.routes
      .filter(({ method }) => method === 'POST')
      .map(({ method, path }) => ({ method, path: path.replace(/:\w+/g, '101000000000') }));
  const head = ({ method, path }: Route, ...lines: readonly string[]): readonly string[] => [
    `${method} ${path.replace('requests.101000000000', 'requests.json')} HTTP/1.1`,
    'connection: close',
    'content-type: application/json',
    ...lines,
  ];

  it('has one meaning: every door refuses a repeated header, and an encoded body', async () => {
    expect(routes().length).toBeGreaterThan(10);
    const authorization = `authorization: Bearer ${key}`;
    const twice = [
      [authorization, `Authorization: Bearer ${key}`],
      [authorization, 'idempotency-key: a', 'Idempotency-Key: b'],
      [authorization, 'content-type: application/json'],
      [authorization, 'ce-id: 1', 'CE-ID: 2'],
    ];
    for (const route of routes()) {
      for (const lines of twice)
        expect(await converse(head(route, 'content-length: 2', ...lines), '{}')).toMatch(/^HTTP\/1\.1 400 /);
      for (const encoding of ['gzip', 'deflate', 'br', 'identity, gzip', 'x'])
        expect(
          await converse(
            head(route, 'content-length: 2', authorization, `content-encoding: ${encoding}`),
            '{}',
          ),
        ).toMatch(/^HTTP\/1\.1 415 /);
      expect(
        await converse(head(route, 'content-length: 2', authorization, 'content-encoding: identity'), '{}'),
      ).not.toMatch(/^HTTP\/1\.1 415 /);
    }
  });

  it('arrives within REQUEST_TIMEOUT_MS: every door answers 408 to a body that drips, and hangs up', async () => {
    const answers = await Promise.all(
      routes().flatMap((route) => [
        converse(head(route, `authorization: Bearer ${key}`, 'content-length: 100000'), '{"a":"', 'x'),
        converse(head(route, 'transfer-encoding: chunked'), '1\r\n{\r\n', '1\r\n \r\n'),
      ]),
    );
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.1 (408|401|403) /);
    expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 408')).length).toBeGreaterThanOrEqual(
      answers.length / 2,
    );
  });

  it('and its head no slower', async () => {
    const begunAt = performance.now();
    const answer = await converse(['GET /health/live HTTP/1.1', 'host: city', 'x-slow: '], null, 'x');
    expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*problem\+json[^]*"status":408/);
    expect(performance.now() - begunAt).toBeLessThan(arrivalMs + 20_000);
  });

  it('may wait for its answer for longer than it may take to arrive', async () => {
    const answer = await fetch(`${doors.url}/api/work-orders?follow=true&wait=3`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(answer.status).toBe(200);
    const late = fetch(`${doors.url}/api/cases/101000000000/close`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: '{"outcome":"noted"}',
    });
    await pause(arrivalMs + 500);
    expect((await late).status).toBe(404);
  });
});
