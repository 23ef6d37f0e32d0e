import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';

import { routeOf, type Route } from './door-routes.js';
import { doorsOf } from './doors.js';

/** Every route of the process: a test beside that table compares it with the routes themselves. */
const routes = (): readonly Route[] => {
  const readme = readFileSync(new URL('../../services/all/README.md', import.meta.url), 'utf8');
  const lines = readme.matchAll(/^\| `(GET|POST|PUT|PATCH|DELETE) (\/\S*)` +\|/gm);
  return [...lines].map(([, method = '', url = '']) => ({ method, url }));
};

const known = {
  key: 'city311_key',
  caseNumber: '260000000014',
  trackingSecret: 'secret',
  workOrderId: '260000000014-1',
  departmentId: 'PWDx',
  queue: 'a queue',
};

describe('The doors that fuzz and bench know', () => {
  const all = routes();
  const doors = doorsOf(known, 'id');

  it('are those of the process: none is missing', () => {
    expect(all.length).toBeGreaterThan(30);
    const reached = doors.map((door) => routeOf(door, all));
    const missing = all.filter((route) => !reached.includes(route));
    expect(missing.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
  });

  it('are those of the process: none leads nowhere', () => {
    const nowhere = doors.filter((door) => routeOf(door, all) === undefined);
    expect(nowhere.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  it('have a body wherever the process reads one', () => {
    const without = doors.filter(({ method, body }) => method === 'POST' && body === undefined);
    expect(without).toEqual([]);
  });
});
