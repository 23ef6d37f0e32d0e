import type { Client } from '../server/client.js';
import { isRetryable } from '../server/client.js';
import { itemsOf, membersOf, problemText, textOf } from '../server/json.js';
import { setTimeout as pause } from 'node:timers/promises';

/** Final word on one item of a batch. `attempts` > 1: an earlier try may have had its effect. */
export interface ItemResult {
  readonly status: number;
  readonly caseNumber: string;
  readonly reason: string;
  readonly attempts: number;
}

const answerOf = (item: Readonly<Record<string, unknown>>, attempts: number): ItemResult => ({
  status: typeof item['status'] === 'number' ? item['status'] : 0,
  caseNumber: textOf(item['caseNumber']),
  reason: problemText(item['problem']),
  attempts,
});

/**
 * Sends a batch and sends again those items that were told "later", a few times. One result per item, in order.
 * A refusal of the whole batch is every item's result. Safe only where repeating an item is.
 * @throws GaveUpError  the server does not answer; AbortError  the signal said to stop
 */
export const sendBatch = async (
  client: Client,
  call: {
    readonly path: string;
    readonly contentType: string;
    readonly wrap: (items: readonly unknown[]) => unknown;
    readonly signal?: AbortSignal;
  },
  items: readonly unknown[],
  tries = 6,
): Promise<readonly ItemResult[]> => {
  const stopping = call.signal === undefined ? {} : { signal: call.signal };
  const results: (ItemResult | undefined)[] = items.map(() => undefined);
  let open = items.map((item, place) => ({ item, place }));
  for (let attempt = 1; open.length > 0; attempt += 1) {
    const answer = await client.send({
      method: 'POST',
      path: call.path,
      contentType: call.contentType,
      body: call.wrap(open.map(({ item }) => item)),
      ...stopping,
    });
    const attempts = Math.max(attempt, answer.attempts);
    const listed = itemsOf(answer.body, 'results');
    const whole = { status: answer.status, problem: membersOf(answer.body) };
    open.forEach(({ place }, index) => {
      results[place] = answerOf(answer.status === 200 ? (listed[index] ?? {}) : whole, attempts);
    });
    if (attempt >= tries) break;
    open = open.filter(({ place }) => isRetryable(results[place]?.status ?? 0));
    if (open.length > 0) await pause(50 * 2 ** attempt, undefined, stopping);
  }
  return results.map(
    (result) => result ?? { status: 0, caseNumber: '', reason: 'no result', attempts: tries },
  );
};
