import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { openDoors, type Doors } from './doors.spec-support.js';

const limitBytes = 2_097_152;
/** More than the room of anybody holds. */
const many = 12;

describe('Bodies that are on their way', () => {
  let doors: Doors;
  let key = '';
  beforeAll(async () => {
    doors = await openDoors();
    key = await doors.engines.apiKeys.create('desk', 'operator', '2026-11-27T08:00:00.000Z');
  });
  afterAll(() => doors.stop());

  const open = (lines: readonly string[], body: string): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(doors.url).port), '127.0.0.1', () => {
        socket.write(['POST /events HTTP/1.1', 'host: city', ...lines, '', body].join('\r\n'));
        resolve(socket);
      });
      socket.once('error', reject);
    });
  const ask = async (body: string, authorization: string): Promise<number> => {
    const headers = { 'content-type': 'application/json', authorization };
    const answer = await fetch(`${doors.url}/events`, { method: 'POST', headers, body });
    await answer.arrayBuffer();
    return answer.status;
  };
  const whole = `${' '.repeat(100_000)}{}`;
  const type = 'content-type: application/json';

  it('of strangers hold up nobody with a key, and nobody small', async () => {
    const begun = await Promise.all(
      Array.from({ length: many }, () => open([type, `content-length: ${limitBytes}`], '{')),
    );
    await pause(200);
    expect(await ask(whole, `Bearer ${key}`)).toBe(400);
    expect(await ask('{}', 'Bearer nobody')).toBe(401);
    const waiting = ask(whole, 'Bearer nobody');
    expect(await Promise.race([waiting, pause(300)])).toBeUndefined();
    for (const socket of begun) socket.destroy();
    expect(await waiting).toBe(401);
  });

  it('are held only as far as they came where nobody says how long they are', async () => {
    const authorization = `authorization: Bearer ${key}`;
    const begun = await Promise.all(
      Array.from({ length: many }, () =>
        open([type, authorization, 'transfer-encoding: chunked'], '1\r\n{\r\n'),
      ),
    );
    await pause(200);
    expect(await ask(whole, `Bearer ${key}`)).toBe(400);
    for (const socket of begun) socket.destroy();
  });
});
