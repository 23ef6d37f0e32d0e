import type { KafkaMessage } from 'kafkajs';

import { PoisonMessageError, type PublicEvent } from '@city311/kernel';

import type { TopicSource } from '../../messaging.js';
import { decodeMessage, type ParseMessage } from '../binding.js';

/** A topic as its readers know it. */
export type KafkaTopic = Pick<TopicSource, 'topic' | 'category' | 'gapless'>;

/** A message as it was read, or why it could not be. */
export type Reading =
  { readonly event: PublicEvent; readonly error: null } | { readonly event: null; readonly error: unknown };

/** Text of a header that is there once; empty where it is not. */
export const headerText = ({ headers }: KafkaMessage, name: string): string => {
  const value = headers?.[name];
  return typeof value === 'string' || Buffer.isBuffer(value) ? String(value) : '';
};

/** The case, by whose number the topic is keyed. */
export const caseOf = ({ key }: KafkaMessage): string => (key === null ? '' : String(key));

export const readMessage = (topic: string, message: KafkaMessage, parse: ParseMessage): Reading => {
  try {
    return { event: decodeMessage(topic, withoutOurs(message), parse), error: null };
  } catch (error) {
    return { event: null, error };
  }
};

/** The event of a message. @throws PoisonMessageError  it could not be read */
export const eventOf = ({ event, error }: Reading): PublicEvent => {
  if (event !== null) return event;
  throw new PoisonMessageError('unreadable', { cause: error });
};

const withoutOurs = ({ key, value, headers }: KafkaMessage) => ({
  key,
  value,
  ...(headers === undefined ? {} : { headers }),
});

const fromJson = (value: Buffer | null): unknown => {
  if (value === null) return null;
  try {
    return JSON.parse(String(value));
  } catch {
    return null;
  }
};

const sequenceIn = (text: string, offset: string): number =>
  /^[0-9]{1,15}$/.test(text) ? Number(text) : Number(offset);

/**
 * A message as far as it can be told without trusting it, for people to look at. Where it does not say, its stream is
 * that of its case, its sequence its offset, and data that are no JSON are null.
 */
export const asStored = ({ category }: KafkaTopic, message: KafkaMessage): PublicEvent => {
  const text = (name: string): string => headerText(message, name);
  const subject = caseOf(message);
  return {
    id: text('ce_id') || `${category}-${message.offset}`,
    type: text('ce_type') || 'unknown',
    source: text('ce_source'),
    subject,
    time: text('ce_time'),
    stream: text('ce_stream') || `${category}-${subject}`,
    sequence: sequenceIn(text('ce_sequence'), message.offset),
    recordedTime: text('ce_recordedtime'),
    actor: text('ce_actor'),
    jurisdiction: text('ce_jurisdiction'),
    imported: text('ce_imported') === 'true',
    correlationId: text('ce_correlationid'),
    data: fromJson(message.value),
  };
};
