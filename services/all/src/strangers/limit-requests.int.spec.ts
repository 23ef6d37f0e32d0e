import { afterEach, describe, expect, it } from '@jest/globals';

import { clientPassHeader, clientPassKey, signClientPass } from '@city311/platform';
import type { Role } from '@city311/vault';

import { openDoors, type Doors } from '../http/doors.spec-support.js';

describe('Requests', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  const open = async (env: Readonly<Record<string, string>>): Promise<Doors> => {
    const doors = await openDoors(env);
    closing.push(() => doors.stop());
    return doors;
  };
  const ask = async (
    { url }: Doors,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: string,
  ) => {
    const answer = await fetch(`${url}${path}`, {
      headers,
      ...(body === undefined ? {} : { method: 'POST', body }),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const keyOf = ({ engines }: Doors, name: string, role: Role) =>
    engines.apiKeys.create(name, role, new Date().toISOString());

  it('of an address end with 429, in form, whatever is asked for, and health is told all the same', async () => {
    const doors = await open({ RATE_LIMITS: 'address=6' });
    const paths = [
      '/api/cases/101000000000',
      '/open-data/service-requests.csv',
      '/nowhere',
      '/open311/v2/requests/1.json',
    ];
    for (const path of [...paths, '/events', '/api/status'])
      expect((await ask(doors, path)).status).not.toBe(429);
    for (const path of paths) {
      const { status, headers, text } = await ask(doors, path);
      expect([path, status]).toEqual([path, 429]);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(text).not.toBe('');
    }
    const refused = await ask(
      doors,
      '/events',
      { 'content-type': 'application/json' },
      'x'.repeat(1_000_000),
    );
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(JSON.parse(refused.text)).toMatchObject({
      type: 'urn:city311:problem:too-many-requests',
      status: 429,
    });
    expect((await ask(doors, '/health/live')).status).toBe(200);
    const operator = await keyOf(doors, 'desk', 'operator');
    expect((await ask(doors, '/api/status', { authorization: `Bearer ${operator}` })).status).toBe(200);
  });

  it('of a client behind a trusted proxy are its own, behind any other the proxy’s', async () => {
    const doors = await open({ RATE_LIMITS: 'address=3', TRUSTED_PROXIES: '127.0.0.0/8,::1' });
    const from = async (client: string) =>
      (await ask(doors, '/api/cases/1', { 'x-forwarded-for': `1.2.3.4, ${client}` })).status;
    for (const client of ['192.0.2.1', '192.0.2.2']) {
      for (let n = 0; n < 3; n += 1) expect(await from(client)).not.toBe(429);
      expect(await from(client)).toBe(429);
    }
    const untrusting = await open({ RATE_LIMITS: 'address=3' });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n += 1)
      statuses.push((await ask(untrusting, '/api/cases/1', { 'x-forwarded-for': `192.0.2.${n}` })).status);
    expect(statuses.map((status) => status === 429)).toEqual([false, false, false, true, true]);
  });

  it('of a key are counted by its role, and those that a service makes for a client by the client too', async () => {
    const doors = await open({ RATE_LIMITS: 'address=2,channel=5' });
    const channel = await keyOf(doors, 'mobile', 'channel');
    const operator = await keyOf(doors, 'portal', 'operator');
    const bearer = (key: string, more = {}) => ({ authorization: `Bearer ${key}`, ...more });
    const statuses: number[] = [];
    for (let n = 0; n < 7; n += 1) statuses.push((await ask(doors, '/api/cases/1', bearer(channel))).status);
    expect(statuses.map((status) => status === 429)).toEqual([...Array<boolean>(5).fill(false), true, true]);
    const pass = signClientPass(clientPassKey(doors.engines.vault), '198.51.100.1', new Date());
    const passed = async () =>
      (await ask(doors, '/api/status', bearer(operator, { [clientPassHeader]: pass }))).status;
    expect([await passed(), await passed(), await passed()]).toEqual([200, 200, 429]);
    expect((await ask(doors, '/api/status', bearer(operator))).status).toBe(200);
  });

  it('with a key in the form have the limits of the key, whatever the address did, and guesses those of guesses', async () => {
    const doors = await open({ RATE_LIMITS: 'address=20,channel=6,guesses=3' });
    const key = await keyOf(doors, 'mobile', 'channel');
    const post = async (form: string, ending = 'json') => {
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      return ask(doors, `/open311/v2/requests.${ending}`, type, form);
    };
    const statuses: number[] = [];
    for (let n = 0; n < 6; n += 1) statuses.push((await post(`api_key=${key}`)).status);
    expect(new Set(statuses)).toEqual(new Set([400]));
    expect((await post(`api_key=${key}`)).status).toBe(429);
    const limited = await post(`api_key=${key}`, 'xml');
    expect([limited.status, limited.text.includes('<errors>')]).toEqual([429, true]);
    const guesses: number[] = [];
    for (let n = 0; n < 5; n += 1) guesses.push((await post(`api_key=city311_x_${n}`)).status);
    expect(guesses).toEqual([403, 403, 403, 429, 429]);
  });

  it('of a known key are not counted for the address, where the key comes in the form', async () => {
    const doors = await open({ RATE_LIMITS: 'address=5' });
    const key = await keyOf(doors, 'mobile', 'channel');
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    for (let n = 0; n < 20; n += 1)
      expect((await ask(doors, '/open311/v2/requests.json', type, `api_key=${key}`)).status).toBe(400);
  });
});
