import type { CaseRoutingEvent } from '@city311/domain-routing';
import type { EventStore } from '@city311/eventing';
import type { Districts, Instant, RecordedEvent } from '@city311/kernel';

import { caseRoutingCodec } from '../routing.codec.js';
import { routingStream } from './case-routing-handler.js';

/** One thing that routing decided or noted about a case, oldest first. */
export interface HistoryEntry {
  readonly type: CaseRoutingEvent['type'];
  readonly time: Instant;
  readonly actor: string;
  readonly data: CaseRoutingEvent['data'];
}

const entryOf = (recorded: RecordedEvent): HistoryEntry => {
  const { type, data } = caseRoutingCodec.fromWire(recorded.type, recorded.data);
  return { type, time: recorded.time, actor: recorded.actor, data };
};

/** What was decided for cases, read from their own streams: always up to date. */
export class RoutingHistory {
  constructor(private readonly store: EventStore) {}

  /** Empty where routing has not decided yet. */
  async of(caseNumber: string): Promise<readonly HistoryEntry[]> {
    return (await this.store.readStream(routingStream(caseNumber))).map(entryOf);
  }

  /** Due instant and districts of each case's newest decision that has them; cases without one are left out. */
  async lastRoutes(
    caseNumbers: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly dueAt: Instant | null; readonly districts: Districts }>> {
    const found = new Map<string, { dueAt: Instant | null; districts: Districts }>();
    if (caseNumbers.length === 0) return found;
    const streams = await this.store.readStreams(caseNumbers.map(routingStream));
    for (const caseNumber of caseNumbers) {
      for (const recorded of streams.get(routingStream(caseNumber)) ?? []) {
        const { data } = caseRoutingCodec.fromWire(recorded.type, recorded.data);
        if ('dueAt' in data) found.set(caseNumber, { dueAt: data.dueAt, districts: data.districts });
      }
    }
    return found;
  }
}
