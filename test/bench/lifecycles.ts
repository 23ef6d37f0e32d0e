import { pageOf } from '../replay/work-orders.js';
import type { Client } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { itemsOf, membersOf } from '../server/json.js';
import type { CloudEvent } from '../replay/case-event.js';

const batch = 200;
const inFlightBatches = 4;

const submit = async (client: Client, events: readonly CloudEvent[]): Promise<void> => {
  const { status, body } = await client.send({
    path: '/events',
    body: events,
    contentType: 'application/cloudevents-batch+json',
  });
  const refused = itemsOf(body, 'results').filter(
    (result) => result['status'] !== 201 && result['status'] !== 200,
  );
  if (status !== 200 || refused.length > 0)
    throw new Error(`reports were refused: ${status} ${JSON.stringify(refused[0] ?? body)}`);
};

interface Completed {
  readonly done: number;
  /** Behind the last order. */
  readonly cursor: string;
}

/** Completes every order as it is issued, until `isOver` and none is left. */
const completeAll = async (
  client: Client,
  from: string,
  isOver: () => Promise<boolean>,
): Promise<Completed> => {
  let cursor = from;
  let done = 0;
  const under = new Set<Promise<void>>();
  for (;;) {
    const { body } = await client.send({
      path: `/api/work-orders?follow=true&wait=1&limit=${batch}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    });
    const { orders, next } = pageOf(body);
    if (next !== '') cursor = next;
    const open = orders.filter(({ status }) => status === 'issued');
    done += open.length;
    if (open.length === 0) {
      await Promise.all(under);
      if (orders.length === 0 && (await isOver())) return { done, cursor };
      continue;
    }
    const completing = complete(
      client,
      open.map(({ workOrderId }) => workOrderId),
    ).finally(() => under.delete(completing));
    under.add(completing);
    if (under.size >= inFlightBatches) await Promise.race(under);
  }
};

const complete = async (client: Client, ids: readonly string[]): Promise<void> => {
  const items = ids.map((workOrderId) => ({
    workOrderId,
    action: 'complete',
    outcome: 'resolved',
    outcomeLabel: 'Case Resolved',
    text: 'Done, thank you for telling us.',
  }));
  const { body } = await client.send({ path: '/api/work-orders/batch', body: { items } });
  const refused = itemsOf(body, 'results').filter((result) => result['status'] !== 200);
  if (refused.length > 0) throw new Error(`orders were refused: ${JSON.stringify(refused[0])}`);
};

export interface LifecycleRun {
  /** Cases that went the whole way; those that routing left to a person in triage are not among them. */
  readonly closed: number;
  readonly seconds: number;
  /** Where the next run begins to look for orders. */
  readonly cursor: string;
}

/**
 * Reports posted, routed, issued, completed, closed, told by mail and seen in every view; seconds until all is
 * drained.
 * @param from  the cursor of the run before, on a system that has seen one
 */
export const runLifecycles = async (
  client: Client,
  next: () => CloudEvent,
  count: number,
  from = '',
): Promise<LifecycleRun> => {
  const startedAt = performance.now();
  let posted = false;
  const post = async (): Promise<void> => {
    const under = new Set<Promise<void>>();
    for (let sent = 0; sent < count; sent += batch) {
      const events = Array.from({ length: Math.min(batch, count - sent) }, next);
      const one = submit(client, events).finally(() => under.delete(one));
      under.add(one);
      if (under.size >= inFlightBatches) await Promise.race(under);
    }
    await Promise.all(under);
    posted = true;
  };
  const isOver = async (): Promise<boolean> =>
    posted && membersOf((await client.send({ path: '/api/status' })).body)['drained'] === true;
  const [{ done: closed, cursor }] = await Promise.all([completeAll(client, from, isOver), post()]);
  if (!(await untilDrained(client))) throw new Error('the backlog did not drain');
  return { closed, seconds: (performance.now() - startedAt) / 1000, cursor };
};
