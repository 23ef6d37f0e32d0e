import { setTimeout as sleep } from 'node:timers/promises';

import { lagCountLimit } from '@city311/messaging';
import type { HeldEvent } from '@city311/messaging/kafka';
import type { Position, RecordedEvent, StreamName } from '@city311/kernel';

import { topicSources } from '../topic-sources.js';
import type { OpsEngines } from './open.js';
import { scanLog } from './scan.js';

const prefix = 'relay:';
const answerMs = 5_000;
const mostHeld = 100_000;

/** The relay of a topic, as groups are named; also the name of its lease. */
export const relayName = (topic: string): string => `${prefix}${topic}`;
export const isRelay = (group: string): boolean => group.startsWith(prefix);

/** @throws RangeError  no such relay, or topics need none here */
export const topicOfRelay = (group: string, { relayCheckpoints }: OpsEngines): string => {
  const topic = group.slice(prefix.length);
  if (relayCheckpoints === null)
    throw new RangeError('there are no relays here: the log itself is the topics');
  if (topicSources.some((source) => source.topic === topic)) return topic;
  throw new RangeError(
    `there is no ${group}; there are ${topicSources.map((source) => relayName(source.topic)).join(', ')}`,
  );
};

export interface RelayPlace {
  readonly topic: string;
  readonly position: Position | null;
  /** Events on their way to the topic, at most `lagCountLimit`. */
  readonly lag: number;
  readonly held: number;
}

const categoryOf = (topic: string): string =>
  topicSources.find((source) => source.topic === topic)?.category ?? topic;

const lagAfter = async (
  { store }: Pick<OpsEngines, 'store'>,
  topic: string,
  position: Position | null,
): Promise<number> => {
  let count = 0;
  for await (const { events } of scanLog(store, [categoryOf(topic)], position)) {
    count += events.length;
    if (count >= lagCountLimit) return lagCountLimit;
  }
  return count;
};

type Books = Pick<OpsEngines, 'store' | 'relayCheckpoints'>;

/** Events of a topic that the log has and its relay has not passed yet; none where the log itself is the topic. */
export const relayLag = async (engines: Books, topic: string): Promise<number> =>
  engines.relayCheckpoints === null
    ? 0
    : lagAfter(engines, topic, await engines.relayCheckpoints.load(topic));

/** Where every relay stands; none where the log itself is the topics. */
export const relayPlaces = async (engines: Books): Promise<readonly RelayPlace[]> => {
  const { relayCheckpoints: checkpoints } = engines;
  if (checkpoints === null) return [];
  const held = await checkpoints.heldCounts();
  return Promise.all(
    topicSources.map(async ({ topic }) => {
      const position = await checkpoints.load(topic);
      const lag = await lagAfter(engines, topic, position);
      return { topic, position, lag, held: held.get(topic) ?? 0 };
    }),
  );
};

/** What the relay of a topic keeps back. */
export const heldOf = async (
  { relayCheckpoints }: Books,
  topic: string,
  limit = mostHeld,
): Promise<readonly HeldEvent[]> => (await relayCheckpoints?.held(topic, { limit })) ?? [];

/** As events are named that have no other name yet: `<stream>@<sequence>`. */
export const placeOf = ({ stream, sequence }: Pick<HeldEvent, 'stream' | 'sequence'>): string =>
  `${stream}@${sequence}`;

/** @throws RangeError  it is not held */
export const showHeld = async (
  engines: OpsEngines,
  topic: string,
  place: string,
): Promise<{ readonly message: HeldEvent; readonly event: RecordedEvent }> => {
  const held = (await heldOf(engines, topic)).find((one) => placeOf(one) === place);
  if (held === undefined) throw new RangeError(`${relayName(topic)} does not hold ${place}`);
  const [event] = await engines.store.readStream(held.stream as StreamName, held.sequence);
  if (event === undefined) throw new RangeError(`${place} is not in the log`);
  return { message: held, event };
};

export interface TriedAgain {
  readonly relayed: number;
  readonly held: number;
  /** Nobody relays at the moment: the next one tries when it starts. */
  readonly nobody: boolean;
}

/** Has a relay try again what it holds, in order, case by case, and waits a few seconds for what comes of it. */
export const tryHeldAgain = async (engines: OpsEngines, topic: string): Promise<TriedAgain> => {
  const { relayCheckpoints: checkpoints, leases } = engines;
  const count = async (): Promise<number> => (await checkpoints?.heldCounts())?.get(topic) ?? 0;
  const before = await count();
  await checkpoints?.askAgain(topic);
  const nobody = (await leases.current(relayName(topic))) === null;
  const deadline = performance.now() + answerMs;
  let held = before;
  while (!nobody && held > 0 && performance.now() < deadline) {
    await sleep(200);
    held = await count();
  }
  return { relayed: Math.max(0, before - held), held, nobody };
};
