import type { KafkaMessage } from 'kafkajs';

import type { PublicEvent } from '@city311/kernel';

import type { Slice, Watermark } from '../../in-order/watermark.js';
import { asStored, type KafkaTopic, type Reading } from './incoming.js';
import type { OwnLine } from './own-lines.js';
import { encodeRecord, type ParkedMessageOut } from './parked-record.js';

/** What a member keeps for a partition while it is its own. */
export interface OwnPartition {
  readonly partition: number;
  /** Under which it may write to the parked topic. */
  readonly epoch: number;
  readonly watermark: Watermark<number>;
  /** Parked lines by case. */
  readonly parked: Map<string, OwnLine>;
  /** Lines that are just being parked. */
  readonly parking: Map<string, OwnLine>;
}

/** A message in hand. */
export interface Held {
  readonly slice: Slice<number>;
  readonly own: OwnPartition;
  readonly caseNumber: string;
  readonly message: KafkaMessage;
  readonly reading: Reading;
}

/** What is in hand, for people to look at. */
export const shown = (topic: KafkaTopic, { message, reading }: Held): PublicEvent =>
  reading.event ?? asStored(topic, message);

export const toPark = (
  topic: KafkaTopic,
  group: string,
  held: Held,
  reason: string,
  attempts: number,
): ParkedMessageOut => {
  const { own, caseNumber, message } = held;
  const { id: eventId, type, stream, sequence } = shown(topic, held);
  return encodeRecord(
    own.partition,
    caseNumber,
    {
      kind: 'parked',
      group,
      epoch: own.epoch,
      offset: Number(message.offset),
      ...{ eventId, type, stream, sequence, reason, attempts },
      at: new Date().toISOString(),
    },
    message,
  );
};
