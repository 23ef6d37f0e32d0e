import type { KafkaMessage } from 'kafkajs';

import type { MessagingLogger } from '../../consumer-groups.js';
import { queuedBehind } from '../../in-order/case-lines.js';
import type { Slice } from '../../in-order/watermark.js';
import type { ConsumerOptions } from '../../messaging.js';
import { toPark, type Held, type OwnPartition } from './held.js';
import { caseOf, headerText, type KafkaTopic } from './incoming.js';
import { LastSeen } from './last-seen.js';
import type { ReadMessage } from './message-reader.js';
import { belongsBehind } from './own-lines.js';
import type { ParkedMessageOut } from './parked-record.js';
import type { RecentEvents } from './recent-events.js';

export interface SorterOptions {
  readonly topic: KafkaTopic;
  readonly settings: ConsumerOptions;
  readonly read: ReadMessage;
  readonly logger: MessagingLogger;
  readonly recent: RecentEvents;
  /** A number that no other assignment of this process has. */
  readonly assignment: number;
}

/** Messages by their way: to the handler, or behind their parked case. What needs nothing is in neither. */
export interface Sorted {
  readonly live: Held[];
  readonly behind: ParkedMessageOut[];
}

const streamsRemembered = 20_000;

/** Finds out what is to be done with each message as it comes. */
export class Sorter {
  readonly #types: ReadonlySet<string>;
  /** Types that could be read and were not wanted. */
  readonly #passedOver = new Set<string>();
  readonly #seen = new LastSeen(streamsRemembered);

  constructor(private readonly options: SorterOptions) {
    this.#types = new Set(options.settings.types);
  }

  sort(own: OwnPartition, slice: Slice<number>, message: KafkaMessage, into: Sorted): void {
    const { topic, settings, read, recent, assignment } = this.options;
    const type = headerText(message, 'ce_type');
    if (topic.gapless === true) this.#noticeGaps(message);
    if (this.#passedOver.has(type)) return;
    const id = headerText(message, 'ce_id');
    if (id !== '' && !recent.take(id, assignment)) return;
    const reading = read(topic.topic, own.partition, message);
    if (reading.event !== null && !this.#types.has(reading.event.type)) {
      this.#passedOver.add(type);
      return;
    }
    const caseNumber = caseOf(message);
    const held = { slice, own, caseNumber, message, reading };
    const line = own.parked.get(caseNumber);
    const offset = Number(message.offset);
    if (line === undefined) into.live.push(held);
    else if (belongsBehind(line, offset)) {
      line.offsets.push(offset);
      into.behind.push(toPark(topic, settings.group, held, queuedBehind, 0));
    }
  }

  #noticeGaps(message: KafkaMessage): void {
    const stream = headerText(message, 'ce_stream');
    const sequence = Number(headerText(message, 'ce_sequence') || NaN);
    if (stream === '' || !Number.isSafeInteger(sequence)) return;
    const missing = this.#seen.missingBefore(stream, sequence);
    const { group, topic } = this.options.settings;
    if (missing > 0)
      this.options.logger.warn(
        { group, topic, stream, sequence, missing },
        'events are missing before this one',
      );
  }
}
