import { afterEach, describe, expect, it } from '@jest/globals';

import { openDoors } from './doors.spec-support.js';
import { openManagement, type Management } from './management.js';

const host = '127.0.0.1';

describe('The management port', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  const open = async (port?: number): Promise<Management> => {
    const management = await openManagement(host, port);
    closing.push(() => management.close());
    return management;
  };
  const ask = async (url: string, path: string, method = 'GET') => {
    const answer = await fetch(`${url}${path}`, { method });
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  };

  it('says that the process is alive and waits for its start, before anything else is open', async () => {
    const { url } = await open(0);
    expect(await ask(url, '/health/live')).toMatchObject({ status: 200, text: '{"live":true}' });
    const ready = await ask(url, '/health/ready');
    expect(ready).toMatchObject({ status: 503, text: '{"ready":false,"waitingFor":["start"]}' });
    expect((await ask(url, '/metrics')).status).toBe(503);
  });

  it('tells figures, and what the process waits for', async () => {
    const management = await open(0);
    let waitingFor: readonly string[] = ['view notices'];
    management.serve({
      readiness: { waitingFor: async () => waitingFor },
      metrics: { text: async () => 'city311_ready 0\n' },
    });
    expect(await ask(management.url, '/health/ready?x=1')).toMatchObject({
      status: 503,
      text: '{"ready":false,"waitingFor":["view notices"]}',
    });
    waitingFor = [];
    expect((await ask(management.url, '/health/ready')).status).toBe(200);
    const figures = await ask(management.url, '/metrics');
    expect(figures).toMatchObject({ status: 200, text: 'city311_ready 0\n' });
    expect(figures.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(figures.headers.get('cache-control')).toBe('no-store');
  });

  it('has nothing else, takes nothing, and survives figures that fail', async () => {
    const management = await open(0);
    management.serve({
      readiness: { waitingFor: async () => [] },
      metrics: { text: () => Promise.reject(new Error('broken')) },
    });
    for (const path of ['/', '/api/status', '/events', '/metrics/x', '//metrics'])
      expect((await ask(management.url, path)).status).toBe(404);
    expect((await ask(management.url, '/metrics', 'POST')).status).toBe(405);
    expect((await ask(management.url, '/metrics')).status).toBe(500);
    expect((await ask(management.url, '/health/live')).status).toBe(200);
  });

  it('gives way where another process has the usual port, and refuses a named one that is taken', async () => {
    const [first, second] = [await open(), await open()];
    expect(first.url).not.toBe(second.url);
    await expect(openManagement(host, Number(new URL(second.url).port))).rejects.toThrow('EADDRINUSE');
  });
});

describe('The port that everybody reaches', () => {
  it('tells no figure, and of its health nothing but yes or no', async () => {
    const doors = await openDoors();
    try {
      const read = async (path: string) => {
        const answer = await fetch(`${doors.url}${path}`);
        return [answer.status, await answer.json()];
      };
      expect(await read('/health/live')).toEqual([200, { live: true }]);
      expect(await read('/health/ready')).toEqual([200, { ready: true }]);
      expect(await read('/metrics')).toMatchObject([404, {}]);
      expect(doors.routes.map(({ path }) => path).filter((path) => /metric|health/.test(path))).toEqual(
        expect.not.arrayContaining(['/metrics']),
      );
    } finally {
      await doors.stop();
    }
  });
});
