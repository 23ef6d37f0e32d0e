import { setTimeout as pause } from 'node:timers/promises';

import type { Answer, Client } from '../server/client.js';
import { pageOf, type WorkOrder } from './work-orders.js';

/**
 * Work orders in the order in which they were issued, from the first one on and for ever, as the departments' inbox
 * gives them out; ends when `signal` says so.
 * @throws GaveUpError  the server does not answer; Error  it refuses
 */
export async function* followInbox(
  client: Client,
  signal: AbortSignal,
): AsyncGenerator<readonly WorkOrder[], void, undefined> {
  const stopping = (): boolean => signal.aborted;
  let cursor = '';
  while (!stopping()) {
    const query = new URLSearchParams({ follow: 'true', limit: '500', wait: '10' });
    if (cursor !== '') query.set('cursor', cursor);
    let answer: Answer;
    try {
      answer = await client.send({ path: `/api/work-orders?${query.toString()}`, signal });
    } catch (cause) {
      if (stopping()) return;
      throw cause;
    }
    if (answer.status !== 200) throw new Error(`GET /api/work-orders answered ${answer.status}`);
    const { orders, next } = pageOf(answer.body);
    if (next !== '') cursor = next;
    if (orders.length > 0) yield orders;
    else await pause(20);
  }
}
