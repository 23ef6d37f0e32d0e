import { setTimeout as pause } from 'node:timers/promises';

import { makeCaseNumber } from '@city311/domain-intake';
import { newEventId, type EventStore, type NewEvent } from '@city311/eventing';
import { streamName, type Category, type Position, type RecordedEvent } from '@city311/kernel';

import type { LocalCluster } from '../cluster/local-cluster.js';
import { Client } from '../server/client.js';
import { itemsOf } from '../server/json.js';

const category = 'intake.case' as Category;
const sideBySide = 200;
/** Cases that are open at the same time: a few days of a city's. */
const openAtOnce = 5_000;
/** Numbers of a year in which nothing else is opened. */
const firstPayload = 41_000_000_001;
const lookEveryMs = 1_000;

type Sample = readonly RecordedEvent[];

const samplesIn = async (log: EventStore): Promise<readonly Sample[]> => {
  const cases = new Map<string, RecordedEvent[]>();
  let after: Position | null = null;
  for (;;) {
    const { events, position } = await log.readCategories([category], after, 500);
    if (events.length === 0) return [...cases.values()];
    for (const event of events) {
      const told = cases.get(event.subject);
      if (told === undefined) cases.set(event.subject, [event]);
      else told.push(event);
    }
    after = position;
  }
};

/** The same things happened to another case. */
const retold = (sample: Sample, caseNumber: string): readonly NewEvent[] =>
  sample.map(
    ({ stream: _stream, sequence: _sequence, recordedTime: _recorded, position: _at, ...event }) => ({
      ...(JSON.parse(JSON.stringify(event).replaceAll(event.subject, caseNumber)) as NewEvent),
      id: newEventId(),
    }),
  );

interface Tale {
  readonly caseNumber: string;
  readonly events: readonly NewEvent[];
}

/** Appends to many cases side by side. */
const appendAll = async (log: EventStore, tales: readonly Tale[], step: number): Promise<number> => {
  const expected = step === 0 ? 'no-stream' : step - 1;
  const due = tales.filter(({ events }) => events.length > step);
  for (let from = 0; from < due.length; from += sideBySide) {
    const round = due.slice(from, from + sideBySide).map(async ({ caseNumber, events }) => {
      await log.append(streamName(category, caseNumber), events.slice(step, step + 1), expected);
    });
    await Promise.all(round);
  }
  return due.length;
};

/**
 * Tells what happened to the cases in the log of as many others as it takes, what happens to one apart from each other
 * as in life; how many events that came to.
 */
const retellCases = async (log: EventStore, wanted: number): Promise<number> => {
  const samples = await samplesIn(log);
  if (samples.length === 0) throw new Error('there is no case to tell again');
  let [written, told] = [0, 0];
  while (written < wanted) {
    const tales = Array.from({ length: openAtOnce }, (_, index): Tale => {
      const caseNumber = makeCaseNumber(firstPayload + told + index);
      return { caseNumber, events: retold(samples[(told + index) % samples.length] ?? [], caseNumber) };
    });
    for (let step = 0; ; step += 1) {
      const appended = await appendAll(log, tales, step);
      if (appended === 0) break;
      written += appended;
    }
    told += openAtOnce;
  }
  return written;
};

/**
 * Makes the public view's history longer, past all services but the relay and the portal, which therefore are all that
 * runs afterwards. Resolves when the view has taken it all in. @returns a client of the portal
 */
export const growHistory = async (cluster: LocalCluster, events: number): Promise<Client> => {
  const isNeeded = (service: string): boolean => service === 'relay' || service === 'portal';
  await Promise.all(cluster.replicas.filter(({ service }) => !isNeeded(service)).map((one) => one.stop()));
  const log = await cluster.openLog();
  try {
    await retellCases(log, events);
  } finally {
    await log.close();
  }
  const portal = new Client(cluster.replica('portal').backend()?.url ?? '', cluster.keys.operator, {
    timeoutMs: 600_000,
    attempts: 1,
  });
  const relay = new Client(cluster.replica('relay').backend()?.url ?? '', cluster.keys.operator, {});
  const lagOf = async (client: Client, prefix: string): Promise<number> => {
    const { body } = await client.send({ path: '/api/status' });
    const own = itemsOf(body, 'groups').filter(({ group }) => String(group).startsWith(prefix));
    if (own.length === 0) throw new Error(`GET /api/status says nothing of ${prefix}`);
    return own.reduce((sum, { lag }) => sum + Number(lag), 0);
  };
  while ((await lagOf(relay, 'relay:')) + (await lagOf(portal, 'view:service_requests')) > 0)
    await pause(lookEveryMs);
  relay.close();
  return portal;
};
