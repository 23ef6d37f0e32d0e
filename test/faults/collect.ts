import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { openSqliteEventStore, type EventStore } from '@city311/eventing';
import type { Category, RecordedEvent } from '@city311/kernel';

import type { Client } from '../server/client.js';
import { itemsOf, membersOf, textOf } from '../server/json.js';
import type { Rebuilt, SentMail, ShownCase, ShownNotice, ShownOrder } from './history.js';

const categories = [
  'intake.case',
  'intake.receipt',
  'intake.incident',
  'intake.numbers',
  'intake.receiptsweep',
  'intake.reference',
  'routing.case',
  'routing.ruleset',
  'departments.workorder',
  'notifications.notice',
  'notifications.subscription',
] as unknown as readonly Category[];

const readAll = async (store: EventStore): Promise<readonly RecordedEvent[]> => {
  const log: RecordedEvent[] = [];
  for (let after: RecordedEvent['position'] | null = null; ;) {
    const { events, position } = await store.readCategories(categories, after, 5_000);
    if (events.length === 0) return log;
    log.push(...events);
    after = position;
  }
};

/**
 * The whole log, read beside whoever else has it open.
 * @param from  the data folder of an embedded one, or the store itself, which stays open
 */
export const readLog = async (from: string | EventStore): Promise<readonly RecordedEvent[]> => {
  if (typeof from !== 'string') return readAll(from);
  const store = await openSqliteEventStore({ folder: from, processName: 'reader' });
  try {
    return await readAll(store);
  } finally {
    await store.close();
  }
};

/** Every page of a list. */
export const everyItem = async (
  client: Client,
  path: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const items: Readonly<Record<string, unknown>>[] = [];
  for (let cursor = ''; ;) {
    const query = `${path.includes('?') ? '&' : '?'}limit=500${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const { status, body } = await client.send({ path: path + query });
    if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
    items.push(...itemsOf(body, 'items'));
    cursor = textOf(membersOf(body)['next']);
    if (cursor === '') return items;
  }
};

export const shownOrders = async (client: Client): Promise<readonly ShownOrder[]> =>
  (await everyItem(client, '/api/work-orders')).map((item) => ({
    workOrderId: textOf(item['workOrderId']),
    caseNumber: textOf(item['caseNumber']),
    departmentId: textOf(item['departmentId']),
    status: textOf(item['status']),
  }));

export const shownNotices = async (client: Client): Promise<readonly ShownNotice[]> =>
  (await everyItem(client, '/api/notices')).map((item) => ({
    noticeId: textOf(item['noticeId']),
    status: textOf(item['status']),
  }));

const shownCase = async (client: Client, caseNumber: string): Promise<ShownCase | null> => {
  const { status, body } = await client.send({ path: `/api/cases/${caseNumber}/staff` });
  if (status === 404) return null;
  return {
    caseNumber,
    status: textOf(membersOf(body)['status']),
    timeline: itemsOf(body, 'timeline').map(({ sequence, type }) => `${textOf(sequence)} ${textOf(type)}`),
  };
};

export const shownCases = async (
  client: Client,
  caseNumbers: Iterable<string>,
): Promise<ReadonlyMap<string, ShownCase | null>> => {
  const waiting = [...new Set(caseNumbers)];
  const shown = new Map<string, ShownCase | null>();
  const lane = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      shown.set(next, await shownCase(client, next));
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return shown;
};

/** Message-IDs of the mails in a folder of `.eml` files. */
export const mailsIn = (folder: string): readonly SentMail[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => ({
      where: name,
      messageId: /^Message-ID: (\S+)\r?$/im.exec(readFileSync(join(folder, name), 'utf8'))?.[1] ?? '',
    }));

/** What must not change when views are built anew: the open data, the figures and the lists, as lines. */
const questions: Readonly<Record<string, (client: Client, asOf: string) => Promise<readonly string[]>>> = {
  'the open data': async (client, asOf) => {
    const { body } = await client.send({ path: `/open-data/service-requests.json?asOf=${asOf}` });
    return Array.isArray(body) ? body.map((row) => JSON.stringify(row)) : ['no list'];
  },
  'the summary': async (client, asOf) => [
    JSON.stringify((await client.send({ path: `/api/insights/summary?asOf=${asOf}` })).body),
  ],
  // Whether an order is overdue changes by itself.
  'the inbox': async (client) =>
    lines((await everyItem(client, '/api/work-orders')).map(({ overdue: _, ...order }) => order)),
  'the delivery log': async (client) => lines(await everyItem(client, '/api/notices')),
  'the triage queue': async (client) => lines(await everyItem(client, '/api/routing/triage')),
};

const lines = (items: readonly unknown[]): readonly string[] => items.map((item) => JSON.stringify(item));

const askAll = async (client: Client, asOf: string): Promise<ReadonlyMap<string, readonly string[]>> => {
  const answers = new Map<string, readonly string[]>();
  for (const [question, ask] of Object.entries(questions)) answers.set(question, await ask(client, asOf));
  return answers;
};

/** Builds every view anew and asks everything before and after. Nothing else may be going on. */
export const rebuildAll = async (client: Client): Promise<readonly Rebuilt[]> => {
  const asOf = new Date().toISOString();
  const rebuilt: Rebuilt[] = [];
  const { body } = await client.send({ path: '/api/views' });
  let before = await askAll(client, asOf);
  for (const item of itemsOf(body, 'views')) {
    const view = textOf(item['view']);
    const { status } = await client.send({ path: `/api/views/${view}/rebuild`, method: 'POST', body: {} });
    if (status !== 200) throw new Error(`the rebuild of ${view} answered ${status}`);
    const after = await askAll(client, asOf);
    for (const [question, answer] of before)
      rebuilt.push({ view, question, before: answer, after: after.get(question) ?? [] });
    before = after;
  }
  return rebuilt;
};
