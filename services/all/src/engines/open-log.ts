import { openEventStoreDb, openSqliteEventStore, type EventStore } from '@city311/eventing';
import type { Logger } from '@city311/platform';

import type { Config } from '../config.js';
import { checkpointEvery } from './tidy.js';
import { waitFor } from './wait-for.js';

export interface OpenedLog {
  readonly store: EventStore;
  /** Why it cannot be used at the moment; null where it can. */
  trouble(): string | null;
}

const withAuthority = (url: string, caFile: string | undefined): string =>
  caFile === undefined ? url : `${url}${url.includes('?') ? '&' : '?'}tlsCAFile=${caFile}`;

/** Of EventStoreDB, with the authority to trust; null where the log is a file. */
export const addressOfLog = ({ EVENTSTORE_URL, EVENTSTORE_CA_FILE }: Config): string | null =>
  EVENTSTORE_URL === undefined ? null : withAuthority(EVENTSTORE_URL, EVENTSTORE_CA_FILE);

/** The event store: EventStoreDB where EVENTSTORE_URL names one, else the file in DATA_DIR. */
export const openLog = async (config: Config, logger: Logger, isBackground: boolean): Promise<OpenedLog> => {
  const { DATA_DIR: folder } = config;
  const url = addressOfLog(config);
  if (url === null) {
    const store = await openSqliteEventStore({ folder, ...checkpointEvery(isBackground) });
    return { store, trouble: () => null };
  }
  const log = (line: string): void => logger.warn({ engine: 'EventStoreDB' }, line);
  const store = await waitFor('EventStoreDB', logger, () => openEventStoreDb({ url, log }));
  return { store, trouble: () => store.status().trouble };
};
