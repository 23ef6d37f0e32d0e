import { setTimeout as pause } from 'node:timers/promises';

import { TransientError } from '@city311/kernel';
import type { Consumer, Messaging } from '@city311/messaging';
import type { Logger } from '@city311/platform';

export interface Patience {
  /** Engines that cannot be used at the moment. */
  readonly troubles: () => Promise<readonly string[]>;
  readonly logger: Pick<Logger, 'warn'>;
  /** Time between two looks at them. Default 1,000. */
  readonly lookEveryMs?: number;
}

/**
 * The same topics and groups; while an engine is away, what a handler could not do for that reason is tried until the
 * engine is back. It costs no message one of its attempts: an outage of an hour parks nothing.
 */
export const patientMessaging = (
  messaging: Messaging,
  { troubles, logger, lookEveryMs = 1_000 }: Patience,
): Messaging => {
  const stops = new Set<AbortController>();
  let latest: { readonly at: number; readonly found: Promise<readonly string[]> } | null = null;
  /** One look for all messages that wait. */
  const look = (): Promise<readonly string[]> => {
    const now = performance.now();
    if (latest === null || now - latest.at > lookEveryMs / 2) latest = { at: now, found: troubles() };
    return latest.found;
  };

  const patiently = async <Result>(
    group: string,
    stopping: AbortSignal,
    work: () => Promise<Result>,
  ): Promise<Result> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof TransientError) || stopping.aborted) throw error;
        const found = await look();
        if (found.length === 0) throw error;
        if (tries === 1) logger.warn({ group, troubles: found }, 'a consumer waits for an engine');
        await pause(lookEveryMs, undefined, { signal: stopping }).catch(() => undefined);
      }
    }
  };

  /** `stop` also ends the waiting: what was waited for is left to the next member. */
  const stoppable = (consumer: Consumer, stop: AbortController): Consumer => {
    stops.add(stop);
    return {
      start: () => {
        consumer.start();
      },
      stop: async () => {
        stop.abort();
        stops.delete(stop);
        await consumer.stop();
      },
    };
  };

  return {
    reader: messaging.reader,
    parked: messaging.parked,
    consumeCases: (settings, handle) => {
      const stop = new AbortController();
      const patient = messaging.consumeCases(settings, (event) =>
        patiently(settings.group, stop.signal, () => handle(event)),
      );
      return stoppable(patient, stop);
    },
    consumeBatches: (settings, handle) => {
      const stop = new AbortController();
      const patient = messaging.consumeBatches(settings, (events) =>
        patiently(settings.group, stop.signal, () => handle(events)),
      );
      return stoppable(patient, stop);
    },
    groups: () => messaging.groups(),
    close: async () => {
      for (const stop of stops) stop.abort();
      await messaging.close();
    },
  };
};
