import type { Config } from '../config.js';

const servers = [
  ['EVENTSTORE_URL', 'the event store'],
  ['KAFKA_BROKERS', 'topics'],
  ['MONGODB_URL', 'vault and views'],
] as const;

/** @throws RangeError  the settings name servers: a copy of DATA_DIR would not be a copy of the system */
export const refuseCluster = (config: Config): void => {
  const named = servers.filter(([setting]) => config[setting] !== undefined);
  if (named.length === 0) return;
  throw new RangeError(
    [
      `backup and restore are for the embedded engines; here ${named
        .map(([setting, what]) => `${what} (${setting})`)
        .join(', ')} live on servers of their own.`,
      'Use their own tools: EventStoreDB first, MongoDB after it, so that the copy has the key of every event. After a',
      'restore, before any service starts: delete the topics with their groups, and in MongoDB everything but vault_* and',
      'api_keys (all that is made anew from the log); then npm run ops -- erasures apply <file of erasures export>.',
    ].join('\n'),
  );
};
