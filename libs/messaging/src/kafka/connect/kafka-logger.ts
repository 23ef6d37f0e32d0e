import { logLevel, type logCreator } from 'kafkajs';

import type { MessagingLogger } from '../../consumer-groups.js';

/** Only what is short and plain goes along; the client's extras also hold stacks and payloads. */
const plain = (extras: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(extras).filter(
      ([name, value]) =>
        !['stack', 'timestamp', 'logger'].includes(name) &&
        (typeof value === 'number' ||
          typeof value === 'boolean' ||
          (typeof value === 'string' && value.length <= 300)),
    ),
  );

/** We retry sends ourselves, with a new producer, so this warning does not apply. */
const expected = 'Limiting retries for the idempotent producer may invalidate EoS guarantees';

/**
 * The client's log as ours. What it calls an error it goes on to retry or to throw, and whoever catches it knows
 * better: so nothing of it is above a warning.
 */
export const kafkaLogger =
  (logger: MessagingLogger): logCreator =>
  () =>
  ({ namespace, level, log: { message, ...extras } }) => {
    if (message === expected) return;
    const details = { ...plain(extras), client: namespace };
    if (level === logLevel.ERROR || level === logLevel.WARN) logger.warn(details, `kafka: ${message}`);
    else if (level === logLevel.INFO) logger.info(details, `kafka: ${message}`);
  };
