import { setTimeout as pause } from 'node:timers/promises';

import type { EventStore } from '@city311/eventing';

import type { Client } from '../server/client.js';
import { untilDrained } from '../server/drained.js';
import { itemsOf, textOf } from '../server/json.js';
import { readLog, rebuildAll, shownCases, shownNotices, shownOrders } from './collect.js';
import type { History, SentMail } from './history.js';
import type { Crews } from './load/crews.js';
import type { Reporters } from './load/reporters.js';

const graceMs = 30_000;

/** Notices queued by a process that was killed are taken up again after a grace period. */
const untilNoticesEnded = async (client: Client): Promise<void> => {
  for (const deadline = Date.now() + graceMs; Date.now() < deadline; await pause(200)) {
    const waiting = (await shownNotices(client)).filter(
      ({ status }) => !['sent', 'suppressed'].includes(status),
    );
    if (waiting.length === 0) return;
  }
};

export interface Load {
  readonly reporters: readonly Reporters[];
  readonly crews: readonly Crews[];
  readonly defects: readonly string[];
}

/**
 * Waits until all is drained and asks for everything that the checker wants to see; builds every view anew.
 * @param client  an operator's; nobody else may be asking or writing
 * @param from  the log: the data folder of an embedded one, or the store itself
 * @throws Error  it does not drain
 */
export const gather = async (
  client: Client,
  from: string | EventStore,
  { reporters, crews, defects }: Load,
  mails: () => readonly SentMail[],
): Promise<History> => {
  const drained = async (): Promise<void> => {
    if (!(await untilDrained(client))) throw new Error('the backlog does not drain');
  };
  await drained();
  await untilNoticesEnded(client);
  await drained();
  const reports = reporters.flatMap((each) => each.reports);
  const answered = reports.flatMap(({ answers }) => answers.map((told) => told?.caseNumber ?? ''));
  const log = await readLog(from);
  const opened = log.flatMap(({ type, subject }) => (type === 'intake.CaseOpened.v1' ? [subject] : []));
  const cases = await shownCases(client, [...opened, ...answered.filter((number) => number !== '')]);
  const [orders, notices] = [await shownOrders(client), await shownNotices(client)];
  const rebuilt = await rebuildAll(client);
  const { body } = await client.send({ path: '/api/status' });
  return {
    reports,
    actions: reporters.flatMap(({ actions }) => actions),
    moves: crews.flatMap(({ moves }) => moves),
    defects,
    log: await readLog(from),
    cases,
    orders,
    notices,
    mails: mails(),
    rebuilt,
    parked: itemsOf(body, 'groups')
      .map(({ group, parked }) => ({ group: textOf(group), parked: Number(parked) }))
      .filter(({ parked }) => parked > 0),
  };
};

export const countOf = ({ log }: History, type: string): number =>
  log.filter((event) => event.type === type).length;
