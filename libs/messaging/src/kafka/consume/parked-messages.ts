import type { PublicEvent } from '@city311/kernel';

import type { ParkedMessage, ParkedMessages } from '../../messaging.js';
import type { ParseMessage } from '../binding.js';
import type { Clients } from './clients.js';
import { asStored, readMessage, type KafkaTopic } from './incoming.js';
import type { ParkedBoard } from './parked-board.js';
import type { ParkedEntry, ParkedLine } from './parked-fold.js';
import { encodeRecord, type ParkedMessageOut } from './parked-record.js';
import { readPlainly, type PlainReaderOptions } from './plain-reader.js';

export interface ParkedMessagesOptions extends Pick<PlainReaderOptions, 'timing' | 'logger'> {
  readonly clients: Clients;
  readonly board: ParkedBoard;
  readonly topics: readonly KafkaTopic[];
  readonly parse: ParseMessage;
  readonly closing: AbortSignal;
}

const defaultLimit = 100;

interface Standing {
  readonly group: string;
  readonly topic: KafkaTopic;
  readonly parkedTopic: string;
  readonly partition: number;
  readonly caseNumber: string;
  readonly line: ParkedLine;
}

const toMessage = ({ group, topic, caseNumber }: Standing, entry: ParkedEntry): ParkedMessage => {
  const { eventId, type, stream, sequence, reason, attempts, at } = entry;
  return {
    ...{ group, topic: topic.topic, caseNumber, eventId, type, stream, sequence },
    ...{ reason, attempts, parkedAt: at },
  };
};

/** Parked messages of every group on the topics, from whichever process: they stand on the broker. */
export const createKafkaParked = (options: ParkedMessagesOptions): ParkedMessages => {
  const { clients, board, topics, parse, timing, logger, closing } = options;

  const standing = async (group?: string, caseNumber?: string): Promise<readonly Standing[]> => {
    await board.upToDate();
    const found: Standing[] = [];
    for (const parkedTopic of board.parkedTopics().toSorted()) {
      const topic = topics.find((one) => parkedTopic.startsWith(`${one.topic}.parked.`));
      if (topic === undefined) continue;
      const fold = board.fold(parkedTopic);
      for (const each of group === undefined ? fold.groups() : [group])
        for (const [partition, key, line] of fold.lines(each))
          if (caseNumber === undefined || key === caseNumber)
            found.push({ group: each, topic, parkedTopic, partition, caseNumber: key, line });
    }
    return found.toSorted(
      (a, b) => a.group.localeCompare(b.group) || a.caseNumber.localeCompare(b.caseNumber),
    );
  };

  const eventAt = async (
    { topic, parkedTopic, partition }: Standing,
    lies: number,
  ): Promise<PublicEvent | null> => {
    const from = new Map([[parkedTopic, new Map([[partition, lies]])]]);
    const { kafka } = clients;
    for await (const [found] of readPlainly({ kafka, timing, logger, from, batchSize: 1, signal: closing })) {
      if (found?.offset !== lies) break;
      return readMessage(topic.topic, found.message, parse).event ?? asStored(topic, found.message);
    }
    return null;
  };

  return {
    list: async ({ group, caseNumber, limit = defaultLimit } = {}) => {
      const messages: ParkedMessage[] = [];
      for (const one of await standing(group, caseNumber)) {
        if (messages.length >= limit) break;
        messages.push(...one.line.entries.map((entry) => toMessage(one, entry)));
      }
      return messages.slice(0, limit);
    },
    show: async (group, eventId) => {
      for (const one of await standing(group)) {
        const entry = one.line.entries.find((each) => each.eventId === eventId);
        if (entry === undefined) continue;
        const event = await eventAt(one, entry.lies);
        return event === null ? null : { message: toMessage(one, entry), event };
      }
      return null;
    },
    resend: async (group, caseNumber) => {
      const lines = await standing(group, caseNumber);
      for (const [parkedTopic, some] of Map.groupBy(lines, (one) => one.parkedTopic)) {
        const wishes = some.map((one): ParkedMessageOut =>
          encodeRecord(one.partition, one.caseNumber, { kind: 'asked', group }),
        );
        await clients.produce(parkedTopic, wishes);
      }
      return lines.reduce((sum, { line }) => sum + line.entries.length, 0);
    },
    count: async () => {
      const counts = new Map<string, number>();
      for (const { group, line } of await standing())
        counts.set(group, (counts.get(group) ?? 0) + line.entries.length);
      return counts;
    },
  };
};
