import { topics } from '@city311/contracts';
import { createLogger, type Engines } from '@city311/platform';
import type { PublicEvent, RecordedEvent } from '@city311/kernel';
import type { Messaging } from '@city311/messaging';

import type { Config } from '../config.js';
import { openEngines } from '../engines/open-engines.js';
import { KnownViews, type KnownView } from './known-views.js';
import { topicSources } from '../topic-sources.js';

/** The ports, opened beside whatever else runs on them, and every view that the services declare. */
export interface OpsEngines extends Engines {
  readonly messaging: Messaging;
  /** Composes all services once, without starting anything of them. */
  readonly knownViews: () => Promise<readonly KnownView[]>;
  close(): Promise<void>;
}

/** Categories that are no topic: nobody but their service reads them. */
const privateCategories = [
  'intake.receipt',
  'intake.receiptsweep',
  'intake.incident',
  'intake.numbers',
  'routing.ruleset',
];

/** Every category of the system. */
export const categories: readonly string[] = [
  ...new Set([
    ...topicSources.map(({ category }) => category),
    ...Object.values(topics).map(({ category }) => category),
    ...privateCategories,
  ]),
].sort();

/** The event as its topic shows it; null where it is private. @throws UnknownEventTypeError */
export const asOnTopic = (topic: string, stored: RecordedEvent): PublicEvent | null => {
  const source = topicSources.find((one) => one.topic === topic);
  if (source === undefined) throw new RangeError(`no such topic: ${topic}`);
  return source.translate(stored);
};

const open = async (config: Config): Promise<OpsEngines> => {
  const everything: Config = { ...config, TARGET: 'all' };
  const known = new KnownViews(everything);
  const engines = await openEngines(everything, createLogger(config.LOG_LEVEL), { here: false }, (opened) =>
    known.over(opened),
  );
  return {
    ...engines,
    knownViews: () => known.all(engines),
    close: async () => {
      await known.close();
      await engines.close();
    },
  };
};

/** Opens the engines that the settings name, uses them, and closes them whatever comes. */
export const withEngines = async <Result>(
  config: Config,
  use: (engines: OpsEngines) => Promise<Result>,
): Promise<Result> => {
  const engines = await open(config);
  try {
    return await use(engines);
  } finally {
    await engines.close();
  }
};
