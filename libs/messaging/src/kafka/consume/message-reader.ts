import type { KafkaMessage } from 'kafkajs';

import type { ParseMessage } from '../binding.js';
import { readMessage, type Reading } from './incoming.js';

export type ReadMessage = (topic: string, partition: number, message: KafkaMessage) => Reading;

/** Messages of each partition that are remembered: about as many as consumers and views are apart from each other. */
const remembered = 256;

interface Slot {
  readonly offset: string;
  readonly timestamp: string;
  readonly reading: Reading;
}

/**
 * Reads once what the consumers and views of this process take from the broker each for itself. What could not be read
 * is tried again each time: the program may have learnt to.
 */
export const createMessageReader = (parse: ParseMessage): ReadMessage => {
  const rings = new Map<string, (Slot | undefined)[]>();
  return (topic, partition, message) => {
    const name = `${topic} ${partition}`;
    let ring = rings.get(name);
    if (ring === undefined) rings.set(name, (ring = []));
    const { offset, timestamp } = message;
    const at = Number(offset) % remembered;
    const slot = ring[at];
    if (slot?.offset === offset && slot.timestamp === timestamp) return slot.reading;
    const reading = readMessage(topic, message, parse);
    if (reading.event !== null) ring[at] = { offset, timestamp, reading };
    return reading;
  };
};
