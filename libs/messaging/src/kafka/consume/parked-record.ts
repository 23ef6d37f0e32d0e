import { headerText } from './incoming.js';
import type { KafkaMessage } from 'kafkajs';

/**
 * What stands on a parked topic beside the messages themselves. A member that takes a partition over claims it with
 * an epoch greater than any before; what comes later with a smaller one was written by a member that had been
 * replaced, and counts for nothing. `offset` is that of the message on its own topic; the key is the case.
 */
export type ParkedRecord =
  | { readonly kind: 'claim'; readonly group: string; readonly epoch: number; readonly by: string }
  | ({ readonly kind: 'parked'; readonly group: string; readonly epoch: number } & ParkedPlace)
  | { readonly kind: 'released'; readonly group: string; readonly epoch: number; readonly offset: number }
  | {
      readonly kind: 'failed';
      readonly group: string;
      readonly epoch: number;
      readonly offset: number;
      readonly reason: string;
      readonly at: string;
    }
  /** Somebody, in whichever process, wants the case to be tried again. */
  | { readonly kind: 'asked'; readonly group: string };

export interface ParkedPlace {
  readonly offset: number;
  readonly eventId: string;
  readonly type: string;
  readonly stream: string;
  readonly sequence: number;
  readonly reason: string;
  readonly attempts: number;
  readonly at: string;
}

/** The header that carries a record. The message that is parked keeps its key, value and other headers. */
export const parkedHeader = 'city311_parked';

export interface ParkedMessageOut {
  readonly partition: number;
  readonly key: string | Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, Buffer | string | (Buffer | string)[] | undefined>;
}

/** @param original  the message itself, where the record parks it */
export const encodeRecord = (
  partition: number,
  caseNumber: string,
  record: ParkedRecord,
  original?: Pick<KafkaMessage, 'key' | 'value' | 'headers'>,
): ParkedMessageOut => ({
  partition,
  key: original === undefined ? caseNumber : original.key,
  value: original?.value ?? null,
  headers: { ...original?.headers, [parkedHeader]: JSON.stringify(record) },
});

const kinds: ReadonlySet<unknown> = new Set<ParkedRecord['kind']>([
  'claim',
  'parked',
  'released',
  'failed',
  'asked',
]);

/** Null where somebody else wrote it. */
export const decodeRecord = (message: KafkaMessage): ParkedRecord | null => {
  try {
    const record: unknown = JSON.parse(headerText(message, parkedHeader));
    const known = typeof record === 'object' && record !== null && 'kind' in record && kinds.has(record.kind);
    return known ? (record as ParkedRecord) : null;
  } catch {
    return null;
  }
};
