import { mkdirSync } from 'node:fs';

import { loadCity } from '@city311/city';
import type { EventStore } from '@city311/eventing';
import type { Messaging, TopicReader } from '@city311/messaging';
import type { Relay, RelayCheckpoints } from '@city311/messaging/kafka';
import {
  systemClock,
  type Background,
  type Engines,
  type Logger,
  type ViewRegistry,
} from '@city311/platform';
import type { ViewStore } from '@city311/read-models';
import type { Leases } from '@city311/scheduling';

import type { Config } from '../config.js';
import { checkDeployment } from './deployment.js';
import { checkFolder } from './folder/check-folder.js';
import { sealFolder } from './folder/seal-folder.js';
import { waitFor } from './wait-for.js';
import { openLog } from './open-log.js';
import { openRecords, type OpenedRecords } from './open-records.js';
import { openTopics } from './open-topics.js';
import { refuseUnfinishedRestore } from './unfinished-restore.js';

export interface OpenedForViews {
  readonly viewStore: ViewStore;
  readonly reader: TopicReader;
  readonly leases: Leases;
}

export interface OpenEngines<Views extends ViewRegistry> extends Engines {
  readonly store: EventStore;
  readonly messaging: Messaging;
  readonly relays: readonly Relay[];
  /** Where the relays of all processes stand, and what they hold; null where the log itself is the topics. */
  readonly relayCheckpoints: (() => Promise<RelayCheckpoints>) | null;
  /** What lies in the database beside the log, as it lies there; null where that is files. */
  readonly scanRecords: OpenedRecords['scan'];
  readonly views: Views;
  /** Engines that cannot be used at the moment, each with the reason. */
  troubles(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** A disk that is full keeps nobody from starting: the next start seals. */
const sealWhereThereIsRoom = (folder: string, logger: Logger): void => {
  try {
    sealFolder(folder);
  } catch (error) {
    logger.warn({ err: error }, 'the files of the data folder could not be marked');
  }
};

/** Undoes what was opened, the last first, and whatever fails. */
class Opened {
  readonly #closings: (() => Promise<void>)[] = [];

  async keep<Engine>(opening: Promise<Engine>, close: (engine: Engine) => Promise<void>): Promise<Engine> {
    const engine = await opening;
    this.#closings.push(() => close(engine));
    return engine;
  }

  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closings.splice(0).reverse())
      await close().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be closed');
  }
}

/**
 * All ports, each on the engine that its setting names: EVENTSTORE_URL, KAFKA_BROKERS, MONGODB_URL, else files in
 * DATA_DIR, made where they are missing. Waits for servers that do not answer. Several threads and processes may open
 * the same ones.
 * @throws FolderError  the files of DATA_DIR do not belong together
 * @throws DeploymentError  the servers do not
 * @throws Error  a server refuses the settings
 */
export const openEngines = async <Views extends ViewRegistry & { stop(): Promise<void> }>(
  config: Config,
  logger: Logger,
  background: Background,
  makeViews: (opened: OpenedForViews) => Views,
): Promise<OpenEngines<Views>> => {
  const { here } = background;
  // Reports are taken, durably, while the brokers are away: whoever answers them stays ready.
  const needsTopics = here || config.TARGET !== 'intake';
  refuseUnfinishedRestore(config.DATA_DIR);
  mkdirSync(config.DATA_DIR, { recursive: true, mode: 0o700 });
  const inFolder = config.EVENTSTORE_URL === undefined && config.MONGODB_URL === undefined;
  if (inFolder) checkFolder(config.DATA_DIR, logger);
  const opened = new Opened();
  try {
    const log = await opened.keep(openLog(config, logger, here), ({ store }) => store.close());
    const { store } = log;
    const records = await opened.keep(openRecords(config, logger, here), (each) => each.close());
    const { vault, apiKeys, leases, viewStore } = records;
    const topics = await opened.keep(openTopics(config, logger, store, records, here), (each) =>
      each.close(),
    );
    const { messaging } = topics;
    const city = loadCity(config.CITY);
    if (inFolder) sealWhereThereIsRoom(config.DATA_DIR, logger);
    else await waitFor('the deployment', logger, () => checkDeployment({ store, vault }, city.jurisdiction));
    const views = await opened.keep(
      Promise.resolve(makeViews({ viewStore, reader: topics.reader, leases })),
      (each) => each.stop(),
    );
    return {
      store,
      messaging,
      relays: topics.relays,
      relayCheckpoints: config.KAFKA_BROKERS === undefined ? null : () => records.relayCheckpoints(),
      scanRecords: records.scan,
      topics: messaging.reader,
      parked: messaging.parked,
      views,
      vault,
      apiKeys,
      leases,
      clock: systemClock,
      city,
      logger,
      background,
      troubles: async () => {
        const found = {
          'the event store': log.trouble(),
          topics: needsTopics ? await topics.trouble() : null,
          records: records.trouble(),
        };
        return Object.entries(found).flatMap(([what, why]) => (why === null ? [] : [`${what}: ${why}`]));
      },
      close: () => opened.close(),
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
};
