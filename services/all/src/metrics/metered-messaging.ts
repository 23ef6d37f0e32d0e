import { PoisonMessageError } from '@city311/kernel';
import type { Messaging } from '@city311/messaging';

import type { ThreadMetrics } from './thread-metrics.js';

/** The same topics and groups; what consumers do with their events is counted. */
export const meteredMessaging = (messaging: Messaging, { consumed, retries }: ThreadMetrics): Messaging => {
  const failed = (group: string, events: number, error: unknown): void => {
    consumed.add(`${group}\tfailed`, events);
    if (!(error instanceof PoisonMessageError)) retries.inc({ group });
  };
  return {
    reader: messaging.reader,
    parked: messaging.parked,
    consumeCases: (settings, handle) => {
      retries.inc({ group: settings.group }, 0);
      return messaging.consumeCases(settings, async (event) => {
        try {
          const outcome = await handle(event);
          consumed.add(`${settings.group}\t${typeof outcome === 'string' ? outcome : 'parked'}`);
          return outcome;
        } catch (error) {
          failed(settings.group, 1, error);
          throw error;
        }
      });
    },
    consumeBatches: (settings, handle) => {
      retries.inc({ group: settings.group }, 0);
      return messaging.consumeBatches(settings, async (events) => {
        try {
          await handle(events);
        } catch (error) {
          failed(settings.group, events.length, error);
          throw error;
        }
        consumed.add(`${settings.group}\thandled`, events.length);
      });
    },
    groups: () => messaging.groups(),
    close: () => messaging.close(),
  };
};
