import { setTimeout as sleep } from 'node:timers/promises';

import { topics } from '@city311/contracts';
import { createLogger, type Engines } from '@city311/platform';
import type { PublicEvent, RecordedEvent } from '@city311/kernel';
import type { Messaging } from '@city311/messaging';
import type { RelayCheckpoints } from '@city311/messaging/kafka';

import type { Config } from '../config.js';
import { deploymentCategory } from '../engines/deployment.js';
import { openEngines } from '../engines/open-engines.js';
import type { OpenedRecords } from '../engines/open-records.js';
import { probeServers } from '../engines/probe-servers.js';
import { arrivalMark } from './arrival-mark.js';
import { KnownViews, type KnownView } from './known-views.js';
import { topicSources } from '../topic-sources.js';

/** The ports, opened beside whatever else runs on them, and every view that the services declare. */
export interface OpsEngines extends Engines {
  readonly messaging: Messaging;
  /** Of all processes; null where the log itself is the topics. */
  readonly relayCheckpoints: RelayCheckpoints | null;
  readonly scanRecords: OpenedRecords['scan'];
  /** Composes all services once, without starting anything of them. */
  readonly knownViews: () => Promise<readonly KnownView[]>;
  close(): Promise<void>;
}

/** Categories that are no topic: nobody but their service reads them. */
const privateCategories = [
  'intake.receipt',
  'intake.receiptsweep',
  'intake.reference',
  'intake.incident',
  'intake.numbers',
  'routing.ruleset',
  deploymentCategory,
];

/** Every category of the system. */
export const categories: readonly string[] = [
  ...new Set([
    ...topicSources.map(({ category }) => category),
    ...Object.values(topics).map(({ category }) => category),
    ...privateCategories,
  ]),
].sort();

/**
 * The event as the topic shows it to views; null where it is private. On a topic apart from the log it has no place in
 * the log's order: views give it one of their own, for which `arrivalMark` stands.
 * @throws UnknownEventTypeError
 */
export const asOnTopic = (
  topic: string,
  stored: RecordedEvent,
  { relayCheckpoints }: Pick<OpsEngines, 'relayCheckpoints'>,
): PublicEvent | null => {
  const source = topicSources.find((one) => one.topic === topic);
  if (source === undefined) throw new RangeError(`no such topic: ${topic}`);
  const event = source.translate(stored);
  if (event === null || relayCheckpoints === null) return event;
  const marked: PublicEvent & { readonly position: string } = { ...event, position: arrivalMark };
  return marked;
};

/** Longer than servers take that are there. */
const patienceMs = 8_000;

const open = async (config: Config): Promise<OpsEngines> => {
  const everything: Config = { ...config, TARGET: 'all' };
  const known = new KnownViews(everything);
  const engines = await openEngines(everything, createLogger(config.LOG_LEVEL), { here: false }, (opened) =>
    known.over(opened),
  );
  const { relayCheckpoints } = engines;
  return {
    ...engines,
    relayCheckpoints: relayCheckpoints === null ? null : await relayCheckpoints(),
    knownViews: () => known.all(engines),
    close: async () => {
      await known.close();
      await engines.close();
    },
  };
};

/** Where servers keep us waiting, tells which and why instead of waiting for ever. */
const openInTime = async (config: Config): Promise<OpsEngines> => {
  const opening = open(config);
  const waited = new AbortController();
  const isLate = sleep(patienceMs, true, { signal: waited.signal }).catch(() => false);
  const opened = opening.then(
    () => false,
    () => false,
  );
  const late = await Promise.race([opened, isLate]);
  waited.abort();
  const troubles = late ? await probeServers(config) : [];
  if (troubles.length === 0) return opening;
  opening.then(
    (engines) => engines.close(),
    () => undefined,
  );
  throw new RangeError(
    troubles
      .map(({ server, kind, why }) => `${server} ${kind === 'away' ? 'does not answer' : 'refuses'}: ${why}`)
      .join('\n'),
  );
};

/**
 * Opens the engines that the settings name, uses them, and closes them whatever comes.
 * @throws RangeError  a server does not answer, or refuses the settings
 */
export const withEngines = async <Result>(
  config: Config,
  use: (engines: OpsEngines) => Promise<Result>,
): Promise<Result> => {
  const engines = await openInTime(config);
  try {
    return await use(engines);
  } finally {
    await engines.close();
  }
};
