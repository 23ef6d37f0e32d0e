import type { ConsumerSettings, Messaging } from '@city311/messaging';

import { traceEvent, traceEvents, type EventWork } from './event-spans.js';

const workOf = ({ topic, group }: ConsumerSettings): EventWork => ({
  name: `process ${topic}`,
  attributes: {
    'messaging.operation.type': 'process',
    'messaging.destination.name': topic,
    'messaging.consumer.group.name': group,
  },
});

/** The same topics and groups; what consumers do is seen in the traces of the events that they were given. */
export const tracedMessaging = (messaging: Messaging): Messaging => ({
  reader: messaging.reader,
  parked: messaging.parked,
  consumeCases: (settings, handle) => {
    const work = workOf(settings);
    return messaging.consumeCases(settings, (event) => traceEvent(work, event, handle));
  },
  consumeBatches: (settings, handle) => {
    const work = workOf(settings);
    return messaging.consumeBatches(settings, (events) => traceEvents(work, events, handle));
  },
  groups: () => messaging.groups(),
  close: () => messaging.close(),
});
