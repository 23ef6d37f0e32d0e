import { topics } from '@city311/contracts';
import type { WorkOrderEvent } from '@city311/domain-departments';
import type { PublicEvent, RecordedEvent } from '@city311/kernel';
import type { TopicSource } from '@city311/messaging';

import { workOrderCodec } from './work-order.codec.js';

const publicData = (event: WorkOrderEvent): object | null => {
  switch (event.type) {
    case 'WorkOrderIssued': {
      const { causedBySequence: _cause, imported: _imported, ...open } = event.data;
      return open;
    }
    case 'WorkOrderCancelled': {
      const { causedBySequence: _cause, ...open } = event.data;
      return open;
    }
    case 'WorkOrderConfirmed':
      return null;
    case 'WorkOrderClaimed':
    case 'WorkOrderAccepted':
    case 'WorkOrderScheduled':
    case 'WorkOrderStarted':
    case 'WorkOrderPaused':
    case 'WorkOrderResumed':
    case 'WorkOrderCompleted':
    case 'WorkOrderHandedBack':
    case 'WorkOrderDueSoon':
    case 'WorkOrderOverdue':
      return event.data;
  }
};

/** The work-order topic, served from the work orders' streams. The log's position goes along, for the inbox's order. */
export const workOrderTopicSource: TopicSource = {
  topic: topics.workOrder.name,
  category: topics.workOrder.category,
  translate: (stored: RecordedEvent): PublicEvent | null => {
    const data = publicData(workOrderCodec.fromWire(stored.type, stored.data));
    return data === null ? null : { ...stored, data };
  },
};

/** Where an event lies in the log it came from; its id, which grows with time, where the topic carries no position. */
export const placeInLog = (event: PublicEvent): string =>
  'position' in event && typeof event.position === 'string' ? event.position : event.id;

const placePattern =
  /^(?:\d{16}(?:~|[.|]\S*)?|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** Whether a text can be such a place: positions of every log begin with sixteen digits, ids are UUIDs. */
export const isPlaceInLog = (text: string): boolean => placePattern.test(text);
