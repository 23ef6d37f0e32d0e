import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { newEventId, type NewEvent } from '@city311/eventing';
import { streamName } from '@city311/kernel';
import type { Role } from '@city311/vault';

import { callers, nameOf, readAccess, type CallerKind } from './access.spec-support.js';
import { openDoors, type Doors, type Route } from './doors.spec-support.js';

const table = readAccess();
const at = '2026-07-01T16:00:00.000Z';
const own = '260000000014-1';
const others = '260000000022-1';

const roles: Readonly<Record<Exclude<CallerKind, 'nobody'>, Role>> = {
  channel: 'channel',
  importer: 'importer',
  department: 'department:PWDx',
  operator: 'operator',
};

const issued = (workOrderId: string, departmentId: string): NewEvent => {
  const caseNumber = workOrderId.slice(0, 12);
  const data = {
    ...{ workOrderId, caseNumber, departmentId, queue: 'a queue', serviceCode: 'a service' },
    ...{ priority: 'normal', dueAt: null, issuedAt: at, causedBySequence: 1, imported: false },
  };
  return {
    id: newEventId(),
    type: 'departments.WorkOrderIssued.v1',
    source: '/departments',
    subject: caseNumber,
    time: at,
    actor: 'policy:case-work',
    jurisdiction: 'boston',
    imported: false,
    correlationId: 'c',
    data,
  };
};

/** Where something that is there is named: which order, in whose eyes. */
interface Target {
  readonly workOrderId: string;
  readonly departmentId: string;
}
const mine: Target = { workOrderId: own, departmentId: 'PWDx' };
const yours: Target = { workOrderId: others, departmentId: 'BTDT' };

const isOfOrders = (path: string): boolean => path.startsWith('/api/work-orders');

const filled = (path: string, { workOrderId, departmentId }: Target): string => {
  if (path === '/api/work-orders') return `${path}?department=${departmentId}`;
  return path
    .replace(':format', 'json')
    .replace(':action', 'accept')
    .replace(/:\w+/g, isOfOrders(path) ? workOrderId : '101000000000');
};

const bodyOf = (path: string, { workOrderId }: Target): object =>
  path === '/api/work-orders/batch' ? { items: [{ workOrderId, action: 'accept' }] } : {};

/** In a batch every item has its own answer. */
const statusIn = async (answer: Response): Promise<number> => {
  const text = await answer.text();
  if (answer.status !== 200 || !text.startsWith('{"results"')) return answer.status;
  const { results } = JSON.parse(text) as { readonly results: readonly { readonly status: number }[] };
  return results[0]?.status ?? 0;
};

const isRefused = (status: number): boolean => status === 401 || status === 403;

describe('Who may call what', () => {
  let doors: Doors;
  const keys = new Map<CallerKind, string>();

  beforeAll(async () => {
    doors = await openDoors();
    for (const [caller, role] of Object.entries(roles))
      keys.set(caller as CallerKind, await doors.engines.apiKeys.create(caller, role, at));
    for (const { workOrderId, departmentId } of [mine, yours])
      await doors.engines.store.append(
        streamName('departments.workorder', workOrderId),
        [issued(workOrderId, departmentId)],
        'no-stream',
      );
  });
  afterAll(() => doors.stop());

  const call = async ({ method, path }: Route, caller: CallerKind, target: Target): Promise<number> => {
    const key = keys.get(caller);
    const answer = await fetch(`${doors.url}${filled(path, target)}`, {
      method,
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      },
      ...(method === 'POST' ? { body: JSON.stringify(bodyOf(path, target)) } : {}),
    });
    return statusIn(answer);
  };

  it('has a line for every route of every service, and a route for every line', () => {
    const routes = doors.routes.filter(({ method }) => method !== 'HEAD');
    expect(routes.length).toBeGreaterThan(25);
    expect(table.map(nameOf).sort()).toEqual(routes.map(nameOf).sort());
  });

  describe.each(table.map((line) => [nameOf(line), line] as const))('%s', (_, line) => {
    it.each(callers)('answers as the table says to %s', async (caller) => {
      const right = line.rights[caller];
      const refused = caller === 'nobody' && !line.path.startsWith('/open311') ? 401 : 403;
      const [toOwn, toOthers] = [await call(line, caller, mine), await call(line, caller, yours)];
      expect(isRefused(toOwn)).toBe(right === 'no');
      expect(isRefused(toOthers)).toBe(right !== 'yes');
      if (right === 'no') expect(toOwn).toBe(refused);
    });
  });
});
